"""What a reviewer must not miss: dangers of a change, and secrets that must not be shown.

Judges what `diff` found, with what `check` knows of objects; knows no Git, no files and no formats.
"""

from __future__ import annotations

from gitopsgen.review.masking import masked
from gitopsgen.review.reviewing import Danger, find_dangers, find_refusals

__all__ = ["Danger", "find_dangers", "find_refusals", "masked"]
