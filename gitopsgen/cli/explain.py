"""`gitopsgen explain`: where a rendered field or a value comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, subcommand
from gitopsgen.cli.settings import from_here

app = subcommand()


@app.command()
def explain(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="FILE, FILE#FIELD, or REGION/[CLUSTER/]CASE.")],
    path: Annotated[str, typer.Argument(metavar="[PATH]", help="The value's path, where TARGET is a variant.")] = "",
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Tell where a rendered field or a value comes from.

    The whole chain: value, template line, expression, the layer that won with its place, those that lost.

    gitopsgen explain generated/wuhu/edge/payment-gateway/service-opa.yaml#spec

    gitopsgen explain shanghai/payment-gateway autoscaling.max
    """
    console = open_console(project, output, color, quiet)

    from gitopsgen.cli.explanation import lines, record
    from gitopsgen.pipeline import explain as run
    from gitopsgen.report import Report

    with console.working("tracing"):
        outcome = run(console.root, target if path else from_here(target), path)
    records = [record(explanation) for explanation in outcome.value]
    told = (line for explanation in outcome.value for line in lines(explanation))
    return console.finish(Report(outcome.diagnostics, {"explanations": records}, told))
