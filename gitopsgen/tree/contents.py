"""Files of a region as they were rendered, for those who ask what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gitopsgen.diagnostics import Diagnostic, Outcome
from gitopsgen.tree.files import read
from gitopsgen.tree.findings import finding, refused
from gitopsgen.tree.holding import digest, region_folder
from gitopsgen.tree.ledger import read_ledger
from gitopsgen.tree.output import Output
from gitopsgen.tree.paths import LEDGER
from gitopsgen.tree.records import Entry, place

TYPICAL = 1 << 13  # bytes of a file
TYPICAL_LEDGER = 1 << 15


class Content(NamedTuple):
    """A file by its path inside the region's folder, its entry in the ledger, and its bytes."""

    path: str
    entry: Entry
    content: bytes


def read_contents(output: Output, region: str, is_wanted: Callable[[Entry], bool]) -> Outcome[tuple[Content, ...]]:
    """Give the files of a region whose entry is wanted, sorted.

    A file that is not there, or not as it was rendered, is a finding instead: nothing can be said of it.
    """
    try:
        with region_folder(output, region) as way:
            ledger = read_ledger(read(LEDGER, way, TYPICAL_LEDGER) if way else None)
            wanted = sorted((path, entry) for path, entry in ledger.entries.items() if is_wanted(entry))
            raw = [(path, entry, read(path, way, TYPICAL) if way else None) for path, entry in wanted]
    except OSError as error:
        return Outcome((), (refused(place(output, region, ""), error, "read"),))
    found: list[Diagnostic] = []
    if ledger.fault:
        found.append(finding(ledger.fault.kind, place(output, region, LEDGER, ledger.fault.line), ledger.fault.message))
    contents = []
    for path, entry, content in raw:
        if content is None:
            found.append(finding("missing-file", place(output, region, path), f'is in the ledger of "{entry.owner}"'))
        elif digest(content) != entry.digest:
            message = f'was edited by hand since it was rendered from "{entry.template}"'
            found.append(finding("edited-file", place(output, region, path), message))
        else:
            contents.append(Content(path, entry, content))
    return Outcome(tuple(contents), tuple(found))
