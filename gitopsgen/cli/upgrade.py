"""`gitopsgen upgrade`: newer templates merged into what was scaffolded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gitopsgen.cli.console import Console
from gitopsgen.cli.options import Color, Colour, Format, Output, Quiet, option, subcommand

app = subcommand()


@app.command()
def upgrade(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="A repository that was scaffolded.")] = Path(),
    check: Annotated[bool, option("--check", help="Write nothing; exit with 1 if anything would change.")] = False,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Merge newer templates into what was scaffolded.

    Three ways, with the answers and files that .scaffold/ keeps: what people changed since stays.
    A conflict is written with git's markers, and is an error.

    gitopsgen upgrade --check
    """
    from gitopsgen.report import Report, numbered
    from gitopsgen.scaffold.schema_files import refreshed
    from gitopsgen.scaffold.upgrade import upgrade as run

    root = directory.resolve()
    outcome = run(root, check=check)
    schemas = () if check or outcome.failed else refreshed(root)
    would = "would be " if check else ""
    lines = [f"{step.change}: {step.file}" for step in outcome.value]
    records = {"files": [{"path": step.file, "change": step.change} for step in outcome.value]}
    said = f"{would}changed: {numbered(len(lines), 'file')}" if lines else "everything is as today's templates make it"
    code = Console(root, output, color, quiet).finish(Report(outcome.diagnostics, records, lines, (*schemas, said)))
    return code or int(check and bool(lines))
