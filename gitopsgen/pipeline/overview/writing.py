"""The page of a fleet and its data, written to a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gitopsgen.diagnostics import Outcome
from gitopsgen.page import data_text, page
from gitopsgen.pipeline.overview import overview
from gitopsgen.pipeline.start import uncollected


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """What was written, and of how much."""

    page: Path
    data: Path
    cities: int
    variants: int


def write_report(root: Path, folder: Path, base: str = "") -> Outcome[WrittenReport]:
    """Write `index.html` and `report.json` into a folder, which is made if need be.

    Raises `UsageError` for a revision that cannot be compared with, OSError where nothing can be written.
    """
    with uncollected():
        found = overview(root, base)
    document = found.value
    folder.mkdir(parents=True, exist_ok=True)
    files = (folder / "index.html", folder / "report.json")
    files[0].write_text(page(document), "utf-8")
    files[1].write_text(data_text(document) + "\n", "utf-8")
    variants = sum(len(cluster["variants"]) for city in document["cities"] for cluster in city["clusters"])
    return Outcome(WrittenReport(*files, len(document["cities"]), variants), found.diagnostics)
