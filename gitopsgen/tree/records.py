"""The records of the output tree: what a ledger keeps, what stands on the disk, what was written.

Tuples where a fleet makes a hundred thousand of them: they cost a fifth of a frozen dataclass to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gitopsgen.diagnostics import Location
from gitopsgen.tree.findings import shown
from gitopsgen.tree.output import Output


class Entry(NamedTuple):
    """What a ledger keeps of one file; `digest` is the sha256 of its bytes."""

    digest: str
    owner: str
    template: str
    trace: str
    inputs: str


class Intent(NamedTuple):
    """What a journal keeps of one file: the digests of all that stopped runs may have written there."""

    owner: str
    digests: tuple[str, ...]


class Stat(NamedTuple):
    """What tells without reading that a file was not touched since."""

    inode: int
    size: int
    mtime: int  # nanoseconds


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands in a region's folder, by path inside it; no symbolic link was followed.

    `others` are symbolic links, sockets and the like; `leftovers` are temporary files of a stopped run.
    """

    files: Mapping[str, Stat]
    others: Mapping[str, Stat]
    folders: frozenset[str]
    leftovers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """The folder of one region after a write.

    `files` counts those written; the rest is for `TreeState.record`: `ledger` is the digest of the ledger,
    `signature` is empty where something went wrong.
    """

    region: str
    files: int
    ledger: str = ""
    signature: str = ""
    youngest: int = 0  # the latest change of a file, in nanoseconds


def place(output: Output, region: str, path: str, line: int | None = None) -> Location:
    """Give the location of a file in a region's folder, as a reader of the project names it."""
    return Location(shown("/".join(filter(None, (output.label, region, path)))), line)
