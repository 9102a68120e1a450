"""Two states of the output tree compared: by object and field, folded over the fleet.

Knows Git and plain data; whether a change is dangerous is not asked here, and nothing is printed.
"""

from __future__ import annotations

from gitopsgen.diff.applying import applied
from gitopsgen.diff.changes import NOTHING, Change, Key, Sort, Step, plain_path
from gitopsgen.diff.cities import City, cities_of
from gitopsgen.diff.comparing import MISSING, compared
from gitopsgen.diff.difference import Difference, FilePair, Pair, difference, order_of
from gitopsgen.diff.folding import Folded, Hunk, Object, Status
from gitopsgen.diff.labels import label
from gitopsgen.diff.list_types import ListTypes
from gitopsgen.diff.placeholders import Names, is_checksum, shown
from gitopsgen.diff.revisions import Repository

__all__ = [
    "MISSING",
    "NOTHING",
    "Change",
    "City",
    "Difference",
    "FilePair",
    "Folded",
    "Hunk",
    "Key",
    "ListTypes",
    "Names",
    "Object",
    "Pair",
    "Repository",
    "Sort",
    "Status",
    "Step",
    "applied",
    "cities_of",
    "compared",
    "difference",
    "is_checksum",
    "label",
    "order_of",
    "plain_path",
    "shown",
]
