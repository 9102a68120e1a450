"""`gitopsgen new`: a city, a case, a policy, a service."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gitopsgen.cli.asking import NoInput, asker
from gitopsgen.cli.console import Console, open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.cli.reading import read_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.diagnostics import Diagnostic
    from gitopsgen.scaffold import Made

app = subcommand(no_args_is_help=True)

_SHOWN = 8  # cities that are named; of more the number says enough

Case = Annotated[str, option("--case", metavar="CASE", help="The case; may be left out where there is but one.")]
Title = Annotated[str, option("--title", metavar="TEXT", help="What people call it.")]
Description = Annotated[str, option("--description", metavar="TEXT", help="What it does, in a sentence.")]
InRegions = Annotated[list[str] | None, option("--region", metavar="NAME", help="Let this city run it (repeatable).")]


class Language(StrEnum):
    """What a service is written in."""

    PYTHON = "python"
    GO = "go"
    RUST_WASM = "rust-wasm"


@app.callback()
def new() -> None:
    """Make a city, a case, a policy or a service from a template."""


@app.command()
def region(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: a DNS label.")],
    like: Annotated[str, option("--like", metavar="CITY", help="Take tier, area, wave, clusters from this city.")] = "",
    zh: Annotated[str, option("--zh", metavar="TEXT", help="Chinese name of the city.")] = "",
    province: Annotated[str, option("--province", metavar="TEXT", help="Chinese name of its province.")] = "",
    iso: Annotated[str, option("--iso", metavar="CODE", help="ISO 3166-2 code of the province.")] = "",
    gb2260: Annotated[str, option("--gb2260", metavar="CODE", help="GB/T 2260 code of the city.")] = "",
    site: Annotated[str, option("--site", metavar="CODE", help="Site code, mostly the airport's.")] = "",
    lat: Annotated[str, option("--lat", metavar="DEGREES", help="Latitude of the centre.")] = "",
    lon: Annotated[str, option("--lon", metavar="DEGREES", help="Longitude of the centre.")] = "",
    tier: Annotated[str, option("--tier", metavar="NAME", help="Tier: a file in overlays/tiers.")] = "",
    area: Annotated[str, option("--area", metavar="NAME", help="Area: a file in overlays/areas.")] = "",
    wave: Annotated[str, option("--wave", metavar="NUMBER", help="Wave in which it is promoted.")] = "",
    failover: Annotated[
        str, option("--failover", metavar="CITY,…", help="Cities that take over; the nearest that fit otherwise.")
    ] = "",
    no_input: NoInput = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Make a new city.

    gitopsgen new region jiaxing --like hangzhou --zh 嘉兴 --gb2260 330400 --site JXN --lat 30.746 --lon 120.756
    """
    from gitopsgen.scaffold.region import new_region

    console = open_console(project, output, color, quiet)
    facts = {
        "zh": zh, "province": province, "iso": iso, "gb2260": gb2260, "site": site, "lat": lat, "lon": lon,
        "tier": tier, "area": area, "wave": wave, "failover": failover,
    }  # fmt: skip
    sound = read_project(console)
    if sound is None:
        return 1
    made = new_region(sound, name, like, _given(facts), asker(no_input))
    return _finish(console, made, f"gitopsgen render --region {name}")


@app.command()
def blueprint(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the case: a DNS label.")],
    title: Title = "",
    description: Description = "",
    region: InRegions = None,
    no_input: NoInput = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Make the blueprint of a new case.

    gitopsgen new blueprint ledger --title Ledger --region shanghai
    """
    from gitopsgen.scaffold.blueprint import new_blueprint

    console = open_console(project, output, color, quiet)
    given = _given({"title": title, "description": description})
    sound = read_project(console)
    if sound is None:
        return 1
    made = new_blueprint(sound, name, region or (), given, asker(no_input))
    return _finish(console, made, f"gitopsgen render --case {name}")


@app.command()
def policy(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the policy: a DNS label.")],
    case: Case = "",
    description: Description = "",
    no_input: NoInput = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Make an admission policy for Gatekeeper, with tests.

    Without --case it goes to the component `admission`, where the project has it.

    gitopsgen new policy no-latest --description "No image is called latest."
    """
    from gitopsgen.scaffold.policy import new_policy

    console = open_console(project, output, color, quiet)
    sound = read_project(console)
    if sound is None:
        return 1
    made = new_policy(sound, name, case, _given({"description": description}), asker(no_input))
    return _finish(console, made, "gitopsgen render")


@app.command()
def service(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the service: a DNS label.")],
    case: Annotated[
        str, option("--case", metavar="CASE", help="The case it joins; NAME itself for a case of its own.")
    ] = "",
    language: Annotated[Language | None, option("--language", help="What it is written in.")] = None,
    directory: Annotated[
        Path | None, option("--directory", metavar="DIR", help="The application repository; ../NAME otherwise.")
    ] = None,
    description: Description = "",
    gitops: Annotated[
        str, option("--gitops", metavar="OWNER/NAME", help="This repository on GitHub, for the service's CI.")
    ] = "",
    owners: Annotated[str, option("--owners", metavar="TEAM", help="Who reviews changes (CODEOWNERS).")] = "",
    region: InRegions = None,
    cluster: Annotated[
        str, option("--cluster", metavar="NAME", help="The cluster it runs on; the city's first one otherwise.")
    ] = "",
    replay: Annotated[bool, option("--replay", help="Answer as recorded; make again what is missing.")] = False,
    no_input: NoInput = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Make a service: its own repository, and its place here.

    Source with health, metrics and the call of the policy; Dockerfile, tests, CI that ends in a pull request here.
    Here: an entry in the case, or a case of its own in the cities of the first wave (or those of --region).

    gitopsgen new service orders --case orders --language go
    """
    from gitopsgen.scaffold.application import Order, new_service

    console = open_console(project, output, color, quiet)
    sound = read_project(console)
    if sound is None:
        return 1
    options = {"description": description, "gitops_repository": gitops, "owners": owners}
    options["language"] = language.value if language else ""
    place = directory or console.root.parent / name
    order = Order(name, case, place, _given(options), tuple(region or ()), cluster, replay)
    made = new_service(sound, order, asker(no_input))
    return _finish(console, made, "gitopsgen render", lambda: _room(console, name))


def _given(options: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in options.items() if value}


def _nothing() -> tuple[tuple[Diagnostic, ...], tuple[str, ...]]:
    return (), ()


def _room(console: Console, name: str) -> tuple[tuple[Diagnostic, ...], tuple[str, ...]]:
    """Give what quotas and nodes do not hold of a new service, and the sentence that says where that is so."""
    from gitopsgen.cli.render import processors
    from gitopsgen.load import load
    from gitopsgen.pipeline.fitting import fit_of
    from gitopsgen.scaffold.lock import lock_path, read_lock

    case = read_lock(console.root, lock_path("service", name)).answers["case"]
    regions = load(console.root).value.regions.values()
    concerned = [one.name for one in regions if any(case in cluster.cases for cluster in one.clusters)]
    with console.working("reckoning whether it fits"):
        fit = fit_of(console.root, concerned, processors())
    if not fit.findings:
        return (), ()
    where = ", ".join(fit.regions[:_SHOWN])
    more = len(fit.regions) - _SHOWN
    cities = f"{where} and {more} more cities" if more > 0 else where
    cure = f"give it room first, or take it back with gitopsgen remove service {name}"
    return fit.findings, (f"{name} does not fit in {cities}, and render will refuse it there: {cure}",)


def _finish(
    console: Console,
    made: Made,
    following: str,
    look: Callable[[], tuple[tuple[Diagnostic, ...], tuple[str, ...]]] = _nothing,
) -> int:
    """Bring the schemas up to date, look at what was made, and tell all of it; on failure nothing stays."""
    from gitopsgen.report import Report
    from gitopsgen.scaffold.schema_files import refreshed
    from gitopsgen.scaffold.writing import taken_back_unless_done

    with taken_back_unless_done(made.undo):
        findings, told = look()
        with console.working("writing schemas for editors"):
            schemas = refreshed(console.root, made.files)
    records = {"files": list(made.files), "notes": list(made.notes)}
    return console.finish(Report(findings, records, made.files, (*made.notes, *schemas, *told, f"next: {following}")))
