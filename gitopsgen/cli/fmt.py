"""`gitopsgen fmt`: overlays, values, blueprint files and templates in the one layout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand

app = subcommand()


@app.command()
def fmt(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH…]", help="Files and folders; all inputs.")] = None,
    check: Annotated[bool, option("--check", help="Write nothing; exit with 1 where a file would change.")] = False,
    diff: Annotated[bool, option("--diff", help="As --check, and show what would change.")] = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Lay out overlays, values and templates alike.

    Indentation, blanks, empty lines; comments stay. In templates, only blanks inside of {{ }} and {% %}.
    A file is written only if what is read of it is proven to be the same.

    gitopsgen fmt overlays/tiers --diff
    """
    console = open_console(project, output, color, quiet)

    from gitopsgen.report import Report, numbered
    from gitopsgen.scaffold.layout import difference, report, unformatted
    from gitopsgen.scaffold.writing import apply

    with console.working("reading"):
        outcome = unformatted(console.root, [_inside(console.root, path) for path in paths or ()])
    changes = outcome.value
    records = {"files": list(changes)}
    if check or diff:
        shown = [line for file, texts in changes.items() for line in difference(file, *texts)] if diff else []
        return console.finish(Report((*outcome.diagnostics, *report(changes)), records, shown))
    apply(console.root, {file: new.encode("utf-8") for file, (_, new) in changes.items()})
    nothing = "nothing else is to be laid out anew" if outcome.diagnostics else "everything is in the one layout"
    summary = f"{numbered(len(changes), 'file')} laid out anew" if changes else nothing
    return console.finish(Report(outcome.diagnostics, records, list(changes), (summary,)))


def _inside(root: Path, path: str) -> str:
    """Give a path from the project's root: what stands below the working directory is meant from there."""
    absolute = (Path.cwd() / path).resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path
