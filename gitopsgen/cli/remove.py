"""`gitopsgen remove`: a city, a case or a service, after a look at what goes with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gitopsgen.cli.asking import agreed
from gitopsgen.cli.console import Console, open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.cli.reading import read_project

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitopsgen.diagnostics import Diagnostic
    from gitopsgen.model.project import Project
    from gitopsgen.scaffold.removal import Removal

app = subcommand(no_args_is_help=True)

_SHOWN = 8  # folders and clusters that are named; of more the number says enough

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of what is taken out.")]
Yes = Annotated[bool, option("--yes", help="Do not ask.")]


@app.callback()
def remove() -> None:
    """Take a city, a case or a service out of the project."""


@app.command()
def region(
    name: Name,
    yes: Yes = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Take a city out, also where it takes over for others.

    gitopsgen remove region suzhou
    """
    from gitopsgen.scaffold.removal import remove_region

    return _remove(open_console(project, output, color, quiet), remove_region, name, yes)


@app.command()
def case(
    name: Name,
    yes: Yes = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Take a case out: blueprint, values, lists of clusters.

    gitopsgen remove case ledger --yes
    """
    from gitopsgen.scaffold.removal import remove_case

    return _remove(open_console(project, output, color, quiet), remove_case, name, yes)


@app.command()
def service(
    name: Name,
    yes: Yes = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Take a scaffolded service out of its case.

    gitopsgen remove service orders
    """
    from gitopsgen.scaffold.service_removal import remove_service

    return _remove(open_console(project, output, color, quiet), remove_service, name, yes)


def _remove(console: Console, plan: Callable[[Any, str], Removal], name: str, yes: bool) -> int:
    """Show what would go, ask, and do it; without a yes nothing happens and the exit code is 1."""
    from gitopsgen.report import Report
    from gitopsgen.scaffold.schema_files import refreshed

    schemas: tuple[str, ...] = ()
    project = read_project(console)
    if project is None:
        return 1
    removal = plan(project, name)
    with console.working("looking what would be pruned"):
        removal, errors = _looked_at(project, removal)
    lines = list(_lines(removal))
    if console.format is not Format.JSON and not yes:
        typer.echo("\n".join(lines), err=True)
        lines = []
    is_done = agreed(f"Remove {name}?", yes)
    if is_done:
        removal.carry_out()
        schemas = refreshed(console.root)
    records: dict[str, Sequence[Any]] = {
        "files": sorted(removal.draft.changes),
        "pruned": list(removal.pruned),
        "data": [{"what": what, "clusters": clusters} for what, clusters in removal.data.items()],
    }
    ended = "next: gitopsgen render, which prunes the output" if is_done else "nothing was removed: say --yes"
    console.finish(Report(errors, records, lines, (*schemas, ended)))
    return int(not is_done)


def _looked_at(project: Project, removal: Removal) -> tuple[Removal, tuple[Diagnostic, ...]]:
    """Give a removal with exactly what the next render would prune; and as warnings what that would stumble over."""
    from dataclasses import replace

    from gitopsgen.cli.render import processors
    from gitopsgen.diagnostics import Severity
    from gitopsgen.pipeline.pruning import pruned_by
    from gitopsgen.scaffold.holders import holders

    if not removal.case:
        return removal, ()
    regions = [
        name
        for name, region in project.regions.items()
        if any(removal.case in cluster.cases for cluster in region.clusters)
    ]
    outcome = pruned_by(project, removal.draft.changes, regions, processors())
    errors = tuple(replace(one, severity=Severity.WARNING) for one in outcome.diagnostics)
    if outcome.failed:
        return removal, errors
    folder = project.settings.generated
    files = tuple(f"{folder}/{name}" for name in outcome.value)
    return replace(removal, pruned=files, data=holders(project.settings.root / folder, outcome.value)), errors


def _lines(removal: Removal) -> list[str]:
    lines = [f"holds data: {what} in {_where(clusters)}" for what, clusters in removal.data.items()]
    changes = removal.draft.changes
    lines += [f"{'remove' if content is None else 'edit'}: {name}" for name, content in sorted(changes.items())]
    folders = Counter("/".join(file.split("/")[:-1][:4]) for file in removal.pruned)
    pruned = [f"pruned by the next render: {folder} ({count})" for folder, count in folders.items()]
    more = [f"pruned by the next render: {len(pruned) - _SHOWN} more folders"] if len(pruned) > _SHOWN else []
    lines += [*pruned[:_SHOWN], *more]
    return [*lines, *removal.notes]


def _where(clusters: list[str]) -> str:
    shown = ", ".join(clusters[:_SHOWN])
    return shown if len(clusters) <= _SHOWN else f"{shown} and {len(clusters) - _SHOWN} more clusters"
