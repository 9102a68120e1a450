"""`gitopsgen promote`: a release brought to the next clusters."""

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
from gitopsgen.diagnostics import UsageError

app = subcommand()


@app.command()
def promote(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case to promote.")],
    set_: Annotated[
        list[str] | None,
        option("--set", metavar="PATH=VALUE", help="Make a new release that sets this (repeatable): image.tag=1.5.0."),
    ] = None,
    next_: Annotated[bool, option("--next", help="Bring the newest release that runs to the next batch.")] = False,
    wave: WaveName = "",
    batch: WaveBatch = 0,
    name: Annotated[str, option("--name", metavar="NAME", help="The new release's name; r1, r2… otherwise.")] = "",
    after: Annotated[
        str,
        option("--after", metavar="NAME", help="The release that a new one follows; what its clusters run otherwise."),
    ] = "",
    release: Annotated[
        str, option("--release", metavar="NAME", help="The release to bring on; the newest that runs otherwise.")
    ] = "",
    any_order: Annotated[bool, option("--any-order", help="Even where batches before it are not done.")] = False,
    dry_run: DryRun = False,
    jobs: Jobs = 0,
    verbose: Verbose = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Bring a release of a case to the next clusters.

    One batch a run. With --set a new release is made: its values come over those of all overlays, and hold in the
    clusters that have it. The release lock is edited, and the cities of the batch are rendered; no other file changes.
    Nothing is written if an error is found.

    gitopsgen promote payment-gateway --set image.tag=1.5.0 --wave canary

    gitopsgen promote payment-gateway --next
    """
    from gitopsgen.cli.promotion import finish, options_of, today
    from gitopsgen.cli.selection import selection_of
    from gitopsgen.pipeline import Promotion
    from gitopsgen.pipeline import promote as run
    from gitopsgen.promote import Scope

    _refuse_senseless(is_new=bool(set_), is_next=next_, wave=wave, release=release, naming=name or after)
    console = open_console(project, output, color, quiet)
    wish = Promotion(case, today(), selection_of(sets=set_).sets, Scope(wave, batch), name, after, any_order, release)
    return finish(console, lambda: run(console.root, wish, options_of(jobs, dry_run)), dry_run=dry_run, verbose=verbose)


def _refuse_senseless(*, is_new: bool, is_next: bool, wave: str, release: str, naming: str) -> None:
    """Raise UsageError for options that contradict each other."""
    if not (is_new or is_next or wave or release):
        raise UsageError("say what to promote: a new release with --set, or one that is there with --next or --wave")
    if is_next and (is_new or wave):
        raise UsageError("--next is a release that is there and the next batch: neither --set nor --wave with it")
    if naming and not is_new:
        raise UsageError("--name and --after are for a new release: make one with --set")
    if release and is_new:
        raise UsageError("--release is a release that is there, and --set makes a new one: name that one with --name")
