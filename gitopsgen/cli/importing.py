"""`gitopsgen import`: the manifests of an existing repository become a blueprint and overlays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gitopsgen.cli.console import Console, open_console
from gitopsgen.cli.options import Color, Colour, DryRun, Format, Output, Quiet, option, subcommand
from gitopsgen.cli.reading import read_project
from gitopsgen.diagnostics import Severity, UsageError

if TYPE_CHECKING:
    from gitopsgen.model.project import Project
    from gitopsgen.pipeline.adoption import ImportOptions, ImportReport
    from gitopsgen.report import Report

app = subcommand(no_args_is_help=True)


@app.command()
def import_(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE…", help="Folders, files, kustomizations or charts: each a city, or of cities."),
    ],
    case: Annotated[str, option("--case", metavar="NAME", help="What the case is to be called.")],
    into: Annotated[
        Path | None,
        option("--project", "--into", metavar="DIR", help="The project; otherwise found upwards."),
    ] = None,
    city: Annotated[
        list[str] | None,
        option("--city", metavar="NAME=REGION", help="Which region, or region/cluster, a city is (repeatable)."),
    ] = None,
    cluster: Annotated[str, option("--cluster", metavar="NAME", help="Its cluster; by default the first one.")] = "",
    namespace: Annotated[
        str, option("--namespace", metavar="NAME", help="Of the case, and of objects that name none.")
    ] = "",
    values: Annotated[
        list[str] | None,
        option("--values", metavar="FILE", help="Values of a chart for one city, named by the file (repeatable)."),
    ] = None,
    release: Annotated[str, option("--release", metavar="NAME", help="Helm's release; the case otherwise.")] = "",
    leave_out_secrets: Annotated[
        bool, option("--leave-out-secrets", help="Leave out Secrets with contents, which Git must not hold.")
    ] = False,
    dry_run: DryRun = False,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Adopt existing manifests, one tree a city.

    What all cities have goes into the blueprint; what differs becomes values, set where cities share them.
    Nothing is written unless it renders objects that are equal to those imported.

    gitopsgen import deploy/overlays --case payments --city sh=shanghai
    """
    from gitopsgen.pipeline.adoption import ImportOptions

    console = open_console(into, output, color, quiet)
    options = ImportOptions(
        tuple(sources), case, namespace, _cities(city or []), cluster, tuple(values or ()), release,
        leave_out_secrets, dry_run,
    )  # fmt: skip
    sound = read_project(console)
    if sound is None:
        return 1
    return console.finish(_report(_imported(console, sound, options), case, dry_run=dry_run))


def _imported(console: Console, project: Project, options: ImportOptions) -> ImportReport:
    from gitopsgen.pipeline.adoption import import_manifests

    with console.working("importing"):
        return import_manifests(project, options)


def _cities(given: list[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, sign, region = one.partition("=")
        if not (name and sign and region):
            raise UsageError(f'found --city "{one}", expected NAME=REGION or NAME=REGION/CLUSTER')
        found[name] = region
    return found


def _report(done: ImportReport, case: str, *, dry_run: bool) -> Report:
    from gitopsgen.report import Report

    whole = [{"value": path, "object": owner} for path, owner in done.adopted.whole] if done.adopted else []
    refused = [{"rule": rule, "errors": number} for rule, number in done.refused.items()]
    records: dict[str, list[Any]] = {"files": list(done.files), "whole": whole, "refused": refused}
    if any(one.severity is Severity.ERROR for one in done.diagnostics):
        return Report(done.diagnostics, records, (), ("nothing was imported, because of what was found",))
    return Report(done.diagnostics, records, done.files, tuple(_summary(done, case, dry_run=dry_run)))


def _summary(done: ImportReport, case: str, *, dry_run: bool) -> list[str]:
    from gitopsgen.report import numbered

    lines = []
    if done.adopted:
        sums = ", ".join(f"{number} of the {sort}" for sort, number in done.adopted.settings.items())
        lines.append(
            f"{numbered(done.objects, 'object')} of {numbered(done.cities, 'city', 'cities')}: "
            f"{numbered(done.adopted.templates, 'template')}, "
            f"{numbered(done.adopted.values, 'value')}{f' ({sums})' if sums else ''}; all render the same"
        )
        lines += [f"kept whole: {case}.{path} of {owner}" for path, owner in done.adopted.whole]
    if done.refused:
        rules = ", ".join(f"{rule} ({number})" for rule, number in done.refused.items())
        lines.append(f"to be mended before a render accepts it: {rules}")
    if dry_run:
        lines.append("nothing was written")
    elif not done.files:
        lines.append("nothing to change: it is imported already")
    else:
        lines.append(f"next: gitopsgen check --case {case}")
    return lines
