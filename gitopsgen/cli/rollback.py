"""`gitopsgen rollback`: clusters taken back to a release that they had."""

from __future__ import annotations

from typing import Annotated

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import (
    Color,
    Colour,
    DryRun,
    Format,
    Jobs,
    Output,
    ProjectDirectory,
    Quiet,
    Verbose,
    WaveBatch,
    WaveName,
    option,
    subcommand,
)

app = subcommand()


@app.command()
def rollback(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case to take back.")],
    to: Annotated[
        str, option("--to", metavar="RELEASE", help="A release that the clusters had, or `none` for none.")
    ] = "",
    wave: WaveName = "",
    batch: WaveBatch = 0,
    dry_run: DryRun = False,
    jobs: Jobs = 0,
    verbose: Verbose = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Take a case back to the release before.

    Without --to: the clusters that run the newest release go back to what each of them ran before.
    All at once: everywhere, or in one wave or batch. Nothing is written if an error is found.

    gitopsgen rollback payment-gateway --wave canary
    """
    from gitopsgen.cli.promotion import finish, options_of
    from gitopsgen.pipeline import Rollback
    from gitopsgen.pipeline import rollback as run
    from gitopsgen.promote import Scope

    console = open_console(project, output, color, quiet)
    wish = Rollback(case, to, Scope(wave, batch))
    return finish(console, lambda: run(console.root, wish, options_of(jobs, dry_run)), dry_run=dry_run, verbose=verbose)
