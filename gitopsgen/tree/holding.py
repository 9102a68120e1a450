"""What a region's folder holds: the files that stand there, the ledger that claims them, a journal left behind.

Reads; judges nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from gitopsgen.tree.files import read
from gitopsgen.tree.ledger import Ledger, read_journal, read_ledger
from gitopsgen.tree.output import DIRECTORY, Descent, Output, opened
from gitopsgen.tree.paths import JOURNAL, LEDGER, refusal_of_region
from gitopsgen.tree.records import Intent, Survey
from gitopsgen.tree.survey import survey

OWN = frozenset({LEDGER, JOURNAL})


@dataclass(frozen=True, slots=True)
class Holding:
    """The state of one region's folder; `intents` are those of stopped runs."""

    survey: Survey = field(default_factory=lambda: Survey({}, {}, frozenset()))
    ledger: Ledger = field(default_factory=Ledger)
    raw_ledger: bytes | None = None
    intents: Mapping[str, Intent] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all stands there."""
        return not (self.survey.files or self.survey.others or self.survey.folders)

    def digests(self, path: str) -> frozenset[str]:
        """Give the digests of all that this tool may have written at a path."""
        entry, intent = self.ledger.entries.get(path), self.intents.get(path)
        known = self.ledger.alternatives.get(path, frozenset())
        if entry:
            known |= {entry.digest}
        return known.union(intent.digests) if intent else known


@contextmanager
def region_folder(output: Output, region: str) -> Iterator[Descent | None]:
    """Open the folder of a region, None where there is none; raises OSError where something else is there."""
    try:
        with opened(output) as top:
            folder = os.open(region, DIRECTORY, dir_fd=top)
    except FileNotFoundError:
        yield None
        return
    with Descent(folder) as way:
        yield way


def hold(way: Descent | None) -> Holding:
    """Look at a region's folder; raises OSError where it cannot be read."""
    if way is None:
        return Holding()
    found = survey(way)
    raw = {name: read(name, way, found.files[name].size) for name in OWN if name in found.files}
    ledger = raw.get(LEDGER)
    return Holding(found, read_ledger(ledger), ledger, read_journal(raw.get(JOURNAL)))


def ledger_folders(output: Output) -> tuple[str, ...]:
    """Name the folders of the output that hold a ledger or a journal, sorted; raises OSError."""
    try:
        with opened(output) as top, Descent(os.dup(top)) as way, os.scandir(top) as entries:
            names = sorted(one.name for one in entries if one.is_dir(follow_symlinks=False))
            return tuple(name for name in names if not refusal_of_region(name) and _is_claimed(way.to(name)))
    except FileNotFoundError:
        return ()


def _is_claimed(folder: int) -> bool:
    return not OWN.isdisjoint(os.listdir(folder))


def digest(content: bytes) -> str:
    """Give the digest that ledgers keep of a file."""
    return sha256(content).hexdigest()
