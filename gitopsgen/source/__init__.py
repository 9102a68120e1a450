"""YAML and JSON files in, strictly; and where in them a field stands.

Reads the project's files; must not know what they mean.
"""

from __future__ import annotations

from gitopsgen.source.edit import with_scalar
from gitopsgen.source.files import directories, is_inside, read_bytes, walk
from gitopsgen.source.findings import FindingKind, by_place
from gitopsgen.source.json_text import read_json
from gitopsgen.source.place import PlaceIndex, Position, locate, positions
from gitopsgen.source.reader import MERGE_TAGS, Source, Tagged, read
from gitopsgen.source.text import decode

__all__ = [
    "MERGE_TAGS",
    "FindingKind",
    "PlaceIndex",
    "Position",
    "Source",
    "Tagged",
    "by_place",
    "decode",
    "directories",
    "is_inside",
    "locate",
    "positions",
    "read",
    "read_bytes",
    "read_json",
    "walk",
    "with_scalar",
]
