"""`gitopsgen impact`: what depends on an input, told from the ledgers."""

from __future__ import annotations

from typing import Annotated

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.cli.settings import below_root, from_here
from gitopsgen.diagnostics import UsageError

app = subcommand()


@app.command()
def impact(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]…", help="Inputs, as paths, with #field for a part, with =value to try one."),
    ] = None,
    values: Annotated[
        list[str] | None,
        option("--value", metavar="PATH", help="A value: payment-gateway.image.tag, with =value to try one."),
    ] = None,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Name what depends on an input file or a value.

    Variants and generated files, told from the ledgers without rendering: what is not there yet is not named.

    gitopsgen impact overlays/tiers/edge-small.yaml
    """
    if not files and not values:
        raise UsageError("name an input file, or a value with --value")
    console = open_console(project, output, color, quiet)
    from gitopsgen.pipeline import impact as run
    from gitopsgen.report import Report

    with console.working("reading"):
        outcome = run(console.root, tuple(map(from_here, files or ())), tuple(values or ()))
    variants, paths = list(outcome.value.variants), below_root(console.root, outcome.value.files)
    summary = f"files: {len(paths)}, variants: {len(variants)}"
    return console.finish(Report(outcome.diagnostics, {"variants": variants, "files": paths}, paths, (summary,)))
