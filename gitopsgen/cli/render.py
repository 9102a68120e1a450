"""`gitopsgen render`: the output tree brought up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from gitopsgen.cli.console import Console, open_console
from gitopsgen.cli.options import (
    Cases,
    Clusters,
    Color,
    Colour,
    DryRun,
    FailOn,
    Format,
    Jobs,
    Output,
    ProjectDirectory,
    Quiet,
    Regions,
    Selector,
    Sets,
    VersionSet,
    Weight,
    option,
    subcommand,
)
from gitopsgen.cli.selection import selection_of
from gitopsgen.cli.settings import below_root
from gitopsgen.diagnostics import Severity, UsageError

if TYPE_CHECKING:
    from gitopsgen.pipeline import RenderOptions, RenderReport


app = subcommand()


@app.command()
def render(
    region: Regions = None,
    cluster: Clusters = None,
    case: Cases = None,
    selector: Selector = None,
    set_: Sets = None,
    version_set: VersionSet = "",
    check: Annotated[bool, option("--check", help="Write nothing; exit with 1 if anything would change.")] = False,
    dry_run: DryRun = False,
    stdout: Annotated[bool, option("--stdout", help="Write no files; print one stream of documents.")] = False,
    output_dir: Annotated[
        Path | None, option("--output-dir", metavar="DIR", help="Write here instead of the project's output directory.")
    ] = None,
    force: Annotated[bool, option("--force", help="Overwrite files that were edited by hand.")] = False,
    jobs: Jobs = 0,
    fail_on: FailOn = Weight.ERROR,
    verbose: Annotated[bool, option("-v", "--verbose", help="Name every changed file, list every warning.")] = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Render, check and write the selected variants.

    Without a selection: the whole fleet. Nothing is written if an error is found.

    gitopsgen render --region shanghai

    gitopsgen render -l tier=edge-small --set payment-gateway.autoscaling.max=20 --dry-run
    """
    from gitopsgen.pipeline import RenderOptions

    if stdout and (output is Format.JSON or check or dry_run or output_dir):
        raise UsageError(
            "--stdout prints YAML and writes nothing: no --check, --dry-run, --output-dir, -o json with it"
        )
    console = open_console(project, output, color, quiet)
    options = RenderOptions(
        selection=selection_of(region, cluster, case, selector, set_, version_set),
        output=output_dir.absolute() if output_dir else None,
        check=check,
        dry_run=dry_run,
        stdout=stdout,
        force=force,
        jobs=jobs or processors(),
        fail_on=Severity(fail_on.value),
    )
    return _finish(console, options, _watched(console, options), verbose)


def _watched(console: Console, options: RenderOptions) -> RenderReport:
    from gitopsgen.pipeline import render as run

    with console.working("rendering") as progress:
        return run(console.root, options, progress)


def processors() -> int:
    """Give how many processes there is room for."""
    # a container may give fewer than the machine has; not every system can say so
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _finish(console: Console, options: RenderOptions, done: RenderReport, verbose: bool) -> int:
    from gitopsgen.report import Report

    files = (
        [] if _failed(done, options) else files_of(console.root, done, options.output)
    )  # beside errors nothing is written
    records: dict[str, list[Any]] = {"variants": [str(variant) for variant in done.variants], "files": files}
    lines = _lines(options, done, files, verbose, console.quiet)
    console = console.brief(verbose or options.fail_on is not Severity.ERROR)
    code = console.finish(Report(done.diagnostics, records, lines), options.fail_on)
    return code or int(options.check and bool(files))


def files_of(root: Path, done: RenderReport, output: Path | None = None) -> list[dict[str, str]]:
    """Give a record for each file that changed."""
    changes = {"created": done.created, "updated": done.updated, "deleted": done.deleted}
    return [
        {"path": path, "change": change}
        for change, paths in changes.items()
        for path in below_root(root, paths, output)
    ]


def _failed(done: RenderReport, options: RenderOptions) -> bool:
    return any(finding.severity in (Severity.ERROR, options.fail_on) for finding in done.diagnostics)


def _lines(
    options: RenderOptions, done: RenderReport, files: list[dict[str, str]], verbose: bool, quiet: bool
) -> Iterator[str]:
    """Say in a few lines what was done; name the files where nothing was written, or on demand."""
    would = "would be " if options.check or options.dry_run else ""
    if _failed(done, options):
        yield from () if quiet else ("nothing was written, because of what was found",)
    elif options.stdout:
        yield from done.stream
    else:
        yield from _changes(files, would) if would or verbose else ()
        yield from () if quiet else (_sentence(done, would),)


def sentence(done: RenderReport, is_dry: bool) -> str:
    """Say in one line what a run did, or would do."""
    failed = any(finding.severity is Severity.ERROR for finding in done.diagnostics)
    return (
        "nothing was written, because of what was found" if failed else _sentence(done, "would be " if is_dry else "")
    )


def _changes(files: list[dict[str, str]], would: str) -> Iterator[str]:
    for file in sorted(files, key=itemgetter("path")):
        yield f"{would}{file['change']}: {file['path']}"


def _sentence(done: RenderReport, would: str) -> str:
    from gitopsgen.report import numbered

    counts = {"created": len(done.created), "updated": len(done.updated), "deleted": len(done.deleted)}
    counts["unchanged"] = done.unchanged
    said = ", ".join(f"{count} {change}" for change, count in counts.items() if count)
    regions = len({variant.region for variant in done.variants})
    scope = f"{numbered(len(done.variants), 'variant')} in {numbered(regions, 'region')}"
    accepted = f", {numbered(done.accepted, 'finding')} accepted by comments" if done.accepted else ""
    if not (done.created or done.updated or done.deleted):
        return (
            f"nothing {'would change' if would else 'changed'}: {scope}, {numbered(done.unchanged, 'file')}{accepted}"
        )
    return f"{scope}; files {would}{said}{accepted}"
