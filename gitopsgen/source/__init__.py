"""YAML and JSON files in, strictly; and where in them a field stands.

Reads the project's files; must not know what they mean.
"""

from __future__ import annotations

from gitopsgen.source.edit import with_scalar
from gitopsgen.source.files import directories, is_inside, read_bytes, stamp, walk
from gitopsgen.source.findings import FindingKind, by_place
from gitopsgen.source.json_text import read_json
from gitopsgen.source.layout import UnformattableError, formatted
from gitopsgen.source.objects import objects_of
from gitopsgen.source.place import PlaceIndex, Position, locate, positions
from gitopsgen.source.reader import MERGE_TAGS, Source, Tagged, read
from gitopsgen.source.stream import Chunk, decoded, read_chunk, split
from gitopsgen.source.text import decode

__all__ = [
    "MERGE_TAGS",
    "Chunk",
    "FindingKind",
    "PlaceIndex",
    "Position",
    "Source",
    "Tagged",
    "UnformattableError",
    "by_place",
    "decode",
    "decoded",
    "directories",
    "formatted",
    "is_inside",
    "locate",
    "objects_of",
    "positions",
    "read",
    "read_bytes",
    "read_chunk",
    "read_json",
    "split",
    "stamp",
    "walk",
    "with_scalar",
]
