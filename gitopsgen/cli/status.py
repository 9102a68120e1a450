"""`gitopsgen status`: which city runs which release, and how far the rollouts are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, subcommand

if TYPE_CHECKING:
    from gitopsgen.promote import Progress, Step

app = subcommand()


@app.command()
def status(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only this case, batch by batch.")] = "",
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Tell which city runs which release.

    Without CASE: how far the newest release of each case is. With it: every batch, and what its clusters run.

    gitopsgen status payment-gateway
    """
    console = open_console(project, output, color, quiet)

    from gitopsgen.pipeline import status as run
    from gitopsgen.report import Report, terminal

    with console.working("reading"):
        outcome = run(console.root, case)
    records = [_record(progress) for progress in outcome.value]
    rows = [row for one in outcome.value for row in _steps(one)] if case else [_summary(one) for one in outcome.value]
    heading = ["WAVE", "BATCH", "RELEASE", "CLUSTERS"] if case else ["CASE", "RELEASE", "DATE", "CLUSTERS", "NEXT"]
    lines = terminal.table([*([] if console.quiet or not rows else [heading]), *rows])
    summary = tuple(_sentence(one) for one in outcome.value) if case else ()
    return console.finish(Report(outcome.diagnostics, {"rollouts": records}, lines, summary))


def _summary(progress: Progress) -> Sequence[str]:
    count = f"{progress.done}/{progress.count}"
    following = str(progress.next) if progress.next else "-"
    return progress.case, progress.release or "-", progress.date or "-", count, following


def _steps(progress: Progress) -> Iterator[Sequence[str]]:
    from gitopsgen.cli.promotion import short

    every = [name for step in progress.steps for name in step.batch.clusters]
    for step in progress.steps:
        batch = step.batch
        for release, names in step.clusters.items():
            yield batch.wave, f"{batch.number}/{batch.count}", release, ", ".join(short(names, every))


def _sentence(progress: Progress) -> str:
    if not progress.release:
        return f"no release yet; clusters: {progress.count}"
    said = f'"{progress.release}" of {progress.date} runs on {progress.done} of {progress.count} clusters'
    back = ", ".join(f'"{name}"' for name in progress.taken_back if name != progress.release)
    parts = [said, f"taken back: {back}" if back else "", f"next: {progress.next}" if progress.next else ""]
    return "; ".join(part for part in parts if part)


def _record(progress: Progress) -> dict[str, Any]:
    return {
        "case": progress.case,
        "release": progress.release or None,
        "date": progress.date or None,
        "clusters": progress.count,
        "done": progress.done,
        "takenBack": list(progress.taken_back),
        "next": {"wave": progress.next.wave, "batch": progress.next.number} if progress.next else None,
        "batches": [_batch(step) for step in progress.steps],
    }


def _batch(step: Step) -> dict[str, Any]:
    clusters = {name: release for release, names in step.clusters.items() for name in names}
    return {
        "wave": step.batch.wave,
        "batch": step.batch.number,
        "clusters": [
            {"cluster": name, "release": None if clusters[name] == "none" else clusters[name]}
            for name in step.batch.clusters
        ],
    }
