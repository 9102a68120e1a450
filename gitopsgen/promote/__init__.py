"""Releases moved from batch to batch: what to change in the release lock, and its text with that changed.

Pure functions over the records of a project; renders nothing and writes no file.
"""

from __future__ import annotations

from gitopsgen.promote.changes import Change, NewRelease, Scope, next_batch, promoted, rolled_back, running
from gitopsgen.promote.lock_text import edited
from gitopsgen.promote.progress import Progress, Step, progress_of
from gitopsgen.promote.release import Recipe, new_release

__all__ = [
    "Change",
    "NewRelease",
    "Progress",
    "Recipe",
    "Scope",
    "Step",
    "edited",
    "new_release",
    "next_batch",
    "progress_of",
    "promoted",
    "rolled_back",
    "running",
]
