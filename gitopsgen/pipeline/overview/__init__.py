"""`report`: the fleet as one document of plain data, gathered from what other commands find out.

Nothing here knows what the page looks like; `gitopsgen.page` makes it of the document.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gitopsgen import __version__
from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Diagnostic, Outcome
from gitopsgen.evidence import FRAMEWORKS
from gitopsgen.page.masking import without_secrets
from gitopsgen.pipeline.capacity import judge_clusters
from gitopsgen.pipeline.crew import beside
from gitopsgen.pipeline.options import RenderOptions
from gitopsgen.pipeline.overview.cases import case_records
from gitopsgen.pipeline.overview.change import change_record
from gitopsgen.pipeline.overview.cities import Cities
from gitopsgen.pipeline.overview.deviations import Deviations
from gitopsgen.pipeline.overview.findings import Findings
from gitopsgen.pipeline.overview.graphs import Graphs
from gitopsgen.pipeline.project import open_project
from gitopsgen.pipeline.promotion import progress_in
from gitopsgen.pipeline.rendering import render_fleet
from gitopsgen.pipeline.support import evidence_for

SCHEMA = 1


def overview(root: Path, base: str = "") -> Outcome[dict[str, Any]]:
    """Give the fleet as plain data, with what changed since a revision where one is named.

    Tells what the inputs say, rendered in memory; evidence is looked for in the committed output.
    What is wrong with the fleet stands in the document. The diagnostics are what keeps parts of it from being told.
    Raises `UsageError` where there is no such revision, or no output that could be compared.
    """
    opened = open_project(root, Selection())
    opened.regions.is_shared = True
    with (
        beside(lambda: render_fleet(root, RenderOptions(Selection(), dry_run=True))) as rendered,
        beside(lambda: evidence_for(opened.project, FRAMEWORKS, Selection())) as gathered,
    ):
        judged, progress = judge_clusters(opened), progress_in(opened.project)
        graphs, deviations = Graphs(opened), Deviations(opened)
        findings, evidence = Findings(rendered(), opened.project.settings), gathered()
    cities = Cities(opened, judged.value, findings, deviations, graphs)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": __version__,
        "repository": opened.project.settings.repository_url,
        "cities": cities.records(),
        "cases": case_records(opened.project, progress.value, evidence.value, findings),
        "capacities": cities.capacities,
        "graphs": graphs.records,
        "deviations": {"columns": deviations.COLUMNS, "texts": deviations.texts.known},
        "findings": findings.records,
        "change": change_record(root, base) if base else None,
    }
    return Outcome(
        without_secrets(document), _once((*evidence.diagnostics, *progress.diagnostics, *graphs.diagnostics))
    )


def _once(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    return tuple(dict.fromkeys(found))
