"""What a check looked at, in a line, and what a reader would otherwise not see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitopsgen.diagnostics import Severity

if TYPE_CHECKING:
    from gitopsgen.pipeline import CheckReport


def looked_at(report: CheckReport) -> str:
    """Give in one line what was looked at."""
    notes = sum(one.severity is Severity.INFO for one in report.findings)
    ours = f"{_many(report.manifests, 'manifest')} of {_many(report.variants, 'variant')}"
    foreign = f"{_many(len(report.objects), 'object')} in {_many(len(report.files), 'file')}"
    parts = [
        ours if report.variants else foreign,
        f"{report.unchecked} without a schema" if report.unchecked else "",
        f"{_many(len(report.accepted), 'finding')} accepted by comments" if report.accepted else "",
        f"{report.known} known from the baseline" if report.known else "",
        f"{_many(notes, 'note')}, printed by -v" if notes else "",
    ]
    return f"checked {', '.join(part for part in parts if part)}"


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def summary_of(report: CheckReport) -> Iterator[str]:
    """List what a reader would otherwise not see."""
    from collections import Counter

    for one in sorted(report.accepted, key=lambda one: one.finding.location):
        found = one.finding
        yield f"accepted: {found.location}: {found.code} {found.name}: {one.suppression.reason}"
    for code, count in sorted(Counter((one.code, one.name, one.severity.value) for one in report.findings).items()):
        yield f"found: {count} {code[2]} {code[0]} {code[1]}"
    if report.known or report.gone:
        yield f"baseline: {report.known} known, {report.gone} no longer found"
    if report.unchecked:
        yield f"not checked: {_many(report.unchecked, 'object')} of kinds without a schema"
