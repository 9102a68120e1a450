"""`gitopsgen impact`: what depends on an input, told from the ledgers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.cli.settings import below_root
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

    Variants and generated files, told from the ledgers without rendering.

    gitopsgen impact overlays/tiers/edge-small.yaml
    """
    if not files and not values:
        raise UsageError("name an input file, or a value with --value")
    console = open_console(project, output, color, quiet)
    from gitopsgen.pipeline import impact as run
    from gitopsgen.report import Report

    outcome = run(console.root, tuple(map(_found_from_here, files or ())), tuple(values or ()))
    variants, paths = list(outcome.value.variants), below_root(console.root, outcome.value.files)
    summary = f"files: {len(paths)}, variants: {len(variants)}"
    return console.finish(Report(outcome.diagnostics, {"variants": variants, "files": paths}, paths, (summary,)))


def _found_from_here(file: str) -> str:
    """Give a path that stands below the working directory as an absolute one; others are relative to the root."""
    here = Path.cwd() / file.partition("#")[0].partition("=")[0]
    return str(Path.cwd() / file) if here.exists() else file
