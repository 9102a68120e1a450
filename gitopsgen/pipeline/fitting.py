"""Whether what was just made fits: into the quotas of its namespaces, and onto the nodes of its cities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.model.selection import Selection
from gitopsgen.pipeline.options import RenderOptions
from gitopsgen.pipeline.start import render

_ROOM: Final = frozenset({"exceeded-quota", "overfull-cluster"})


@dataclass(frozen=True, slots=True)
class Fit:
    """What does not fit, as warnings, and the cities in which that is so."""

    findings: tuple[Diagnostic, ...] = ()
    regions: tuple[str, ...] = ()


def fit_of(root: Path, regions: Iterable[str], jobs: int) -> Fit:
    """Render some cities without writing anything, and give what their quotas and nodes do not hold."""
    chosen = tuple(sorted(set(regions)))
    if not chosen:
        return Fit()
    report = render(root, RenderOptions(Selection(regions=chosen), jobs=jobs, dry_run=True))
    found = [
        (one, where)
        for one, where in zip(report.diagnostics, report.regions, strict=False)
        if one.name in _ROOM and one.severity is Severity.ERROR
    ]
    findings = tuple(replace(one, severity=Severity.WARNING) for one, _ in found)
    return Fit(findings, tuple(sorted({region for _, where in found for region in where})))
