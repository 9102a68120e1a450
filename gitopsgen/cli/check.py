"""`gitopsgen check`: our variants, or any manifests, judged without a cluster."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gitopsgen.cli.checked import looked_at, summary_of
from gitopsgen.cli.console import Console, find_root
from gitopsgen.cli.options import (
    Cases,
    Clusters,
    Color,
    Colour,
    FailOn,
    Jobs,
    ProjectDirectory,
    Quiet,
    Regions,
    Weight,
    findings_format,
    option,
    subcommand,
)
from gitopsgen.cli.render import processors
from gitopsgen.cli.selection import selection_of
from gitopsgen.diagnostics import Diagnostic, Location, Severity, UsageError

if TYPE_CHECKING:
    from gitopsgen.model.selection import Selection
    from gitopsgen.pipeline import CheckOptions, CheckReport

app = subcommand()
_OF_PROJECT = "a project says its versions and schemas"


class CheckFormat(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    MARKDOWN = "markdown"


class HeldTo(StrEnum):
    """What manifests are held to."""

    CLUSTER = "cluster"
    FLEET = "fleet"


Paths = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH|-]…", help="Manifests: files, folders, - for standard input.")
]
Kustomize = Annotated[
    list[str] | None, option("-f", "--kustomize", metavar="DIR", help="Check what kustomize makes of a folder.")
]
Held = Annotated[
    HeldTo | None, option("--profile", help="cluster: errors are what a cluster refuses; fleet: all rules.")
]
Version = Annotated[
    str, option("--kubernetes-version", metavar="VERSION", help="For manifests: 1.31; the newest one otherwise.")
]
Locations = Annotated[
    list[str] | None,
    option(
        "--schema-location",
        metavar="DIR|URL",
        help="Schemas of custom kinds, as kubeconform has them: a folder, an address, or one with placeholders "
        "(repeatable).",
    ),
]
IgnoreMissing = Annotated[
    bool, option("--ignore-missing-schemas", help="Let custom kinds without a schema pass, and count them.")
]
Policies = Annotated[
    list[str] | None,
    option(
        "--policy", metavar="DIR", help="Rules of your own: Rego, and Gatekeeper's (repeatable; docs/own-rules.md)."
    ),
]
Only = Annotated[list[str] | None, option("--only", metavar="RULE", help="Only these rules: GG423, GG4*.")]
Skip = Annotated[list[str] | None, option("--skip", metavar="RULE", help="Not these rules (repeatable).")]
Baseline = Annotated[Path | None, option("--baseline", metavar="FILE", help="Tell only what this file does not know.")]
WriteBaseline = Annotated[
    Path | None, option("--write-baseline", metavar="FILE", help="Write what is found to a baseline, and end well.")
]
Against = Annotated[
    str,
    option(
        "--against",
        metavar="REVISION|DIR",
        help="Also tell what an API server refuses to make of this older state; of a project, of generated/ as it is.",
    ),
]
Summary = Annotated[bool, option("--summary", help="List what was accepted, known or left unchecked.")]
Verbose = Annotated[bool, option("-v", "--verbose", help="Print information too, not only count it.")]
Printed = Annotated[CheckFormat, option("-o", "--output", help="How findings are printed.")]


@app.command()
def check(
    paths: Paths = None,
    kustomize: Kustomize = None,
    profile: Held = None,
    kubernetes_version: Version = "",
    schema_location: Locations = None,
    ignore_missing_schemas: IgnoreMissing = False,
    policy: Policies = None,
    only: Only = None,
    skip: Skip = None,
    baseline: Baseline = None,
    write_baseline: WriteBaseline = None,
    against: Against = "",
    region: Regions = None,
    cluster: Clusters = None,
    case: Cases = None,
    fail_on: FailOn = Weight.ERROR,
    summary: Summary = False,
    verbose: Verbose = False,
    jobs: Jobs = 0,
    project: ProjectDirectory = None,
    output: Printed = CheckFormat.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Check manifests as a cluster would, without one.

    Without PATH: the variants of this project, in memory, held to all rules. With PATH: any manifests, held to what a
    cluster refuses; no project is needed.

    helm template my-chart | gitopsgen check -
    """
    if baseline and write_baseline:
        raise UsageError("--write-baseline writes all that is found: it makes no sense with --baseline")
    told = _asked(profile, (only, skip, policy), (baseline, against))
    schemas = kubernetes_version, schema_location or [], ignore_missing_schemas
    is_foreign = bool(paths or kustomize)
    root = Path.cwd() if is_foreign else _root(project)
    if is_foreign:
        _refuse((region, cluster, case), "--region, --cluster and --case choose variants: they make no sense with PATH")
        with _working(output, color, quiet):
            report = _manifests((paths or [], kustomize or []), schemas, jobs or processors(), told)
    else:
        _refuse(schemas, _OF_PROJECT)
        with _working(output, color, quiet):
            report = _project(root, selection_of(region, cluster, case), jobs or processors(), told)
    if write_baseline:
        return _write_baseline(write_baseline, report)
    console = Console(root, findings_format(output), color, quiet, _excerpt(report) if is_foreign else None)
    return _finish(console, report, output, (summary, verbose), Severity(fail_on.value))


def _asked(
    profile: HeldTo | None, lists: tuple[list[str] | None, ...], before: tuple[Path | None, str]
) -> CheckOptions:
    from gitopsgen.pipeline import CheckOptions

    only, skip, policies = (tuple(each or ()) for each in lists)
    baseline, against = before
    return CheckOptions(profile.value if profile else "", only, skip, baseline, policies=policies, against=against)


def _refuse(options: tuple[object, ...], reason: str) -> None:
    if any(options):
        raise UsageError(reason)


def _manifests(
    given: tuple[list[str], list[str]], schemas: tuple[str, list[str], bool], jobs: int, told: CheckOptions
) -> CheckReport:
    from gitopsgen.pipeline import check_manifests
    from gitopsgen.pipeline.foreign import ForeignOptions
    from gitopsgen.scaffold import library

    version, locations, ignores_missing = schemas
    pack = library.ROOT / library.SCHEMAS
    own = tuple(each for each in locations if each != "default")  # kubeconform's word for what is always there
    how = ForeignOptions(
        _version(version), pack, own, ignores_missing=ignores_missing, policies=told.policies, jobs=jobs
    )
    paths, kustomizations = given
    return check_manifests(tuple(paths), tuple(kustomizations), how, told)


def _project(root: Path, selection: Selection, jobs: int, told: CheckOptions) -> CheckReport:
    from gitopsgen.pipeline import check_project

    return check_project(root, selection, jobs, told)


def _root(project: Path | None) -> Path:
    try:
        return find_root(project)
    except UsageError as error:
        raise UsageError(f"{error}; or name manifests: files, folders, - for standard input") from error


def _version(wanted: str) -> str:
    from gitopsgen.schemas.bundled import newest

    match = re.fullmatch(r"v?(\d+\.\d+)(\.\d+)?", wanted)
    if wanted and not match:
        raise UsageError(f'--kubernetes-version "{wanted}": expected a version such as 1.31')
    return match[1] if match else newest()


def _excerpt(report: CheckReport) -> Callable[[Location], str | None]:
    lines_of = cache(lambda file: report.text_of(file).split("\n"))

    def line_at(location: Location) -> str | None:
        lines: list[str] = lines_of(location.file)
        return lines[location.line - 1] if location.line and location.line <= len(lines) else None

    return line_at


def _write_baseline(path: Path, report: CheckReport) -> int:
    from gitopsgen.pipeline.baselines import baseline_text
    from gitopsgen.report import numbered

    path.write_text(baseline_text(report.findings), "utf-8")
    known = sum(one.severity is not Severity.INFO for one in report.findings)
    typer.echo(f"{path}: {numbered(known, 'finding')} {'is' if known == 1 else 'are'} known from now on", err=True)
    return 0


def _working(output: CheckFormat, color: Colour, quiet: bool) -> AbstractContextManager[object]:
    return Console(Path.cwd(), findings_format(output), color, quiet).working("checking")


def _finish(
    console: Console, report: CheckReport, output: CheckFormat, wanted: tuple[bool, bool], fail_on: Severity
) -> int:
    from gitopsgen.report import Report

    is_summary, is_verbose = wanted
    shown = report.findings if is_verbose or output is CheckFormat.JSON else tuple(_without_notes(report))
    told = list(summary_of(report)) if is_summary else []
    lines = _document(report, shown, output, told)
    counts = () if console.quiet else (looked_at(report),)
    return console.finish(Report(shown, _records(report), lines, counts), fail_on)


def _without_notes(report: CheckReport) -> Iterator[Diagnostic]:
    return (one for one in report.findings if one.severity is not Severity.INFO)


def _document(
    report: CheckReport, shown: tuple[Diagnostic, ...], output: CheckFormat, told: list[str]
) -> Iterator[str]:
    """Give what goes to stdout."""
    from gitopsgen import __version__
    from gitopsgen.report import junit, markdown, ordered, sarif

    findings = ordered(shown)
    if output is CheckFormat.SARIF:
        accepted = [(one.finding, one.suppression.reason) for one in report.accepted]
        yield sarif.document(findings, __version__, accepted)
    elif output is CheckFormat.JUNIT:
        yield junit.document(findings, report.objects)
    elif output is CheckFormat.MARKDOWN:
        yield from markdown.lines(findings, "gitopsgen check", [looked_at(report), *told])
    else:
        yield from told


def _records(report: CheckReport) -> dict[str, list[Any]]:
    from gitopsgen.report import json

    return {
        "objects": [{"file": file, "line": line, "object": name} for file, line, name in report.objects],
        "suppressed": [
            {**json.record(one.finding), "reason": one.suppression.reason, "by": json.place(one.suppression.location)}
            for one in report.accepted
        ],
    }
