"""The ledgers of all regions, for those who ask what depends on what without rendering."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitopsgen.diagnostics import Outcome
from gitopsgen.tree.files import read
from gitopsgen.tree.findings import finding, refused
from gitopsgen.tree.holding import ledger_folders, region_folder
from gitopsgen.tree.ledger import read_ledger
from gitopsgen.tree.output import Output
from gitopsgen.tree.paths import LEDGER
from gitopsgen.tree.records import Entry, place

TYPICAL = 1 << 15  # bytes of a ledger


def read_ledgers(output: Output) -> Iterator[tuple[str, Outcome[Mapping[str, Entry]]]]:
    """Give each region with its entries by path relative to the output directory, one region at a time."""
    try:
        folders = ledger_folders(output)
    except OSError as error:
        yield "", Outcome({}, (refused(place(output, "", ""), error, "read"),))
        return
    for region in folders:
        yield region, _entries(output, region)


def _entries(output: Output, region: str) -> Outcome[Mapping[str, Entry]]:
    try:
        with region_folder(output, region) as way:
            ledger = read_ledger(read(LEDGER, way, TYPICAL) if way else None)
    except OSError as error:
        return Outcome({}, (refused(place(output, region, LEDGER), error, "read"),))
    entries = {f"{region}/{path}": entry for path, entry in ledger.entries.items()}
    if ledger.fault is None:
        return Outcome(entries)
    location = place(output, region, LEDGER, ledger.fault.line)
    return Outcome(entries, (finding(ledger.fault.kind, location, ledger.fault.message),))
