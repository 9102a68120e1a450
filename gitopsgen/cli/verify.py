"""`gitopsgen verify`: does the output tree still say what its inputs say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.cli.settings import below_root, folder_of

app = subcommand()


@app.command()
def verify(
    output_dir: Annotated[
        Path | None,
        option("--output-dir", metavar="DIR", help="Look here instead of in the project's output directory."),
    ] = None,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Compare the output tree with ledgers and inputs.

    Writes nothing. Tells apart: edited (changed by hand), stale (an input changed), missing,
    orphan (its variant is gone) and foreign (never written by gitopsgen). Exits with 1 if there is any.

    gitopsgen verify -o github
    """
    console = open_console(project, output, color, quiet)

    from gitopsgen.pipeline import verify as run
    from gitopsgen.report import Report

    where = folder_of(output_dir)
    with console.working("comparing"):
        outcome = run(console.root, where)
    states = {
        kind.removesuffix("-file"): below_root(console.root, paths, where) for kind, paths in outcome.value.items()
    }
    files = [{"path": path, "state": state} for state, paths in sorted(states.items()) for path in paths]
    lines = () if quiet else (_sentence(states),)
    return console.finish(Report(outcome.diagnostics, {"files": files}, lines)) or int(bool(files))


def _sentence(states: Mapping[str, Sequence[str]]) -> str:
    counts = ", ".join(f"{len(paths)} {state}" for state, paths in sorted(states.items()) if paths)
    return f"the output tree deviates: {counts}" if counts else "the output tree is what its inputs say"
