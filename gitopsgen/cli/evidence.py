"""`gitopsgen evidence`: what in the rendered files supports the controls of a standard."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import (
    Cases,
    Clusters,
    Color,
    Colour,
    Format,
    ProjectDirectory,
    Quiet,
    Regions,
    Selector,
    option,
    subcommand,
)
from gitopsgen.cli.selection import selection_of
from gitopsgen.cli.settings import folder_of

app = subcommand()


class Standard(StrEnum):
    """A standard whose controls are known."""

    PCI_DSS = "pci-dss"
    SOC2 = "soc2"
    GDPR = "gdpr"
    MLPS = "mlps"


class Form(StrEnum):
    """How evidence is printed."""

    MD = "md"
    CSV = "csv"
    JSON = "json"


@app.command()
def evidence(
    framework: Annotated[
        Standard, option("--framework", help="The standard: PCI DSS 4.0.1, SOC 2, GDPR, or 等保 2.0 level 3.")
    ],
    region: Regions = None,
    cluster: Clusters = None,
    case: Cases = None,
    selector: Selector = None,
    output_dir: Annotated[
        Path | None,
        option("--output-dir", metavar="DIR", help="Look here instead of in the project's output directory."),
    ] = None,
    project: ProjectDirectory = None,
    form: Annotated[Form, typer.Option("--output", "-o", help="How evidence is printed.")] = Form.MD,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """List what supports the controls of a standard.

    For each control: the generated files and lines that support it, per case and folded over the fleet, and the
    controls that nothing supports. Manifests support compliance; they do not prove it.

    gitopsgen evidence --framework pci-dss --case payment-gateway
    """
    console = open_console(project, Format.JSON if form is Form.JSON else Format.TEXT, color, quiet)

    from gitopsgen.evidence.markdown import lines
    from gitopsgen.evidence.records import csv_lines, records
    from gitopsgen.pipeline import evidence as run
    from gitopsgen.report import Report

    where = folder_of(output_dir)
    with console.working("reading what was generated"):
        outcome = run(console.root, framework.value, selection_of(region, cluster, case, selector), where)
    told = (csv_lines if form is Form.CSV else lines)(outcome.value)
    return console.finish(Report(outcome.diagnostics, {"controls": records(outcome.value)}, told))
