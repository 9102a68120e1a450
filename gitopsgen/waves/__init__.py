"""Which clusters of a case change together: waves, and in them batches that keep failover neighbours apart.

Pure functions over plain facts; knows no files, no values and no releases.
"""

from __future__ import annotations

from gitopsgen.waves.colouring import OutOfStepsError, Room, coloured, critical, is_colourable
from gitopsgen.waves.division import divide
from gitopsgen.waves.members import Member
from gitopsgen.waves.neighbours import neighbours

__all__ = [
    "Member",
    "OutOfStepsError",
    "Room",
    "coloured",
    "critical",
    "divide",
    "is_colourable",
    "neighbours",
]
