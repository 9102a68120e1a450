"""`gitopsgen values`: the merged values of a variant, each with the line that set it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import OUTPUT_HELP, Color, Colour, Format, ProjectDirectory, Quiet, option, subcommand

if TYPE_CHECKING:
    from gitopsgen.pipeline.merged import MergedValues

app = subcommand()


class ValuesFormat(StrEnum):
    """How values are printed."""

    YAML = "yaml"
    JSON = "json"


@app.command()
def values(
    region: Annotated[str, typer.Argument(metavar="REGION", help="The city, or REGION/CLUSTER where it has several.")],
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case; may stand behind REGION and a slash.")] = "",
    path: Annotated[str, typer.Argument(metavar="[PATH]", help="Only what stands at this path.")] = "",
    project: ProjectDirectory = None,
    output: Annotated[ValuesFormat, option("-o", "--output", help=OUTPUT_HELP)] = ValuesFormat.YAML,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Print merged values, each with the line that set it.

    What is, or looks like, a secret is hidden. `explain` tells which layers lost.

    gitopsgen values shanghai payment-gateway autoscaling

    gitopsgen values shanghai/bank-a bank-core -o json
    """
    as_json = output is ValuesFormat.JSON
    console = open_console(project, Format.JSON if as_json else Format.TEXT, color, quiet)

    from gitopsgen.pipeline.merged import merged_values
    from gitopsgen.report import Report
    from gitopsgen.report.values import lines

    with console.working("reading"):
        outcome = merged_values(console.root, (region, case, path))
    found = outcome.value
    places = {at: tuple(one.location for one in setters) for at, setters in found.setters.items()}
    return console.finish(Report(outcome.diagnostics, _record(found), lines(found.value, found.path, places)))


def _record(found: MergedValues) -> dict[str, Any]:
    from gitopsgen.pipeline.fields import shown
    from gitopsgen.report.json import place

    origins = [
        {"path": shown(path), "setBy": [{"layer": one.layer, "location": place(one.location)} for one in setters]}
        for path, setters in found.setters.items()
    ]
    return {"variant": found.variant, "path": shown(found.path), "values": found.value, "origins": origins}
