"""`gitopsgen verify`: does the output tree still say what its inputs say."""

from __future__ import annotations

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, FailOn, Format, Output, ProjectDirectory, Quiet, Weight, subcommand
from gitopsgen.diagnostics import Severity

app = subcommand()


@app.command()
def verify(
    fail_on: FailOn = Weight.ERROR,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Compare the output tree with ledgers and inputs.

    Tells apart: edited (changed by hand), stale (an input changed), missing, orphan (its variant is
    gone) and foreign (never written by gitopsgen). Exits with 1 if there is any.
    """
    console = open_console(project, output, color, quiet)
    from gitopsgen.pipeline import verify as run
    from gitopsgen.report import Report

    outcome = run(console.root)
    return console.finish(Report(outcome.diagnostics), Severity(fail_on.value))
