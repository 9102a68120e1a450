"""`gitopsgen diff`: what a change does to the fleet, before any cluster sees it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gitopsgen.cli.console import Console, open_console, use_colour
from gitopsgen.cli.options import (
    Color,
    Colour,
    FailOn,
    ProjectDirectory,
    Quiet,
    Weight,
    findings_format,
    option,
    subcommand,
)
from gitopsgen.diagnostics import Severity, UsageError

if TYPE_CHECKING:
    from gitopsgen.pipeline import DiffReport

app = subcommand()


class DiffFormat(StrEnum):
    """How a difference is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


@app.command()
def diff(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]…", help="Only below these paths of the output tree.")
    ] = None,
    base: Annotated[str, option("--base", metavar="REVISION", help="What to compare with.")] = "origin/main",
    head: Annotated[str, option("--head", metavar="REVISION", help="What to compare, instead of the work tree.")] = "",
    direct: Annotated[
        bool, option("--direct", help="Compare with the base as it is now, not as it was where the head left it.")
    ] = False,
    render: Annotated[bool, option("--render", help="Render the work tree first.")] = False,
    full: Annotated[bool, option("--full", help="Show every line of every hunk.")] = False,
    exit_code: Annotated[bool, option("--exit-code", help="Exit with 1 if anything differs.")] = False,
    fail_on: FailOn = Weight.ERROR,
    project: ProjectDirectory = None,
    output: Annotated[DiffFormat, option("-o", "--output", help="How the difference is printed.")] = DiffFormat.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Show what changes in the rendered fleet, and its dangers.

    Compares the committed output of two revisions, or of the work tree, by object and field, without a cluster.
    What is the same in many cities is told once; a city that differs is told by itself.

    gitopsgen diff --base origin/main generated/shanghai
    """
    console = open_console(project, findings_format(output), color, quiet)

    from gitopsgen.pipeline import DiffOptions
    from gitopsgen.pipeline import diff as run
    from gitopsgen.report import Report

    if render and (code := _render(console, head)):
        return code
    inside = tuple(_inside(console.root, path) for path in paths or ())
    with console.working("comparing"):
        report = run(console.root, DiffOptions(base, head, inside, is_direct=direct))
    answer = Report(report.diagnostics, _records(report, output), _lines(report, output, full, color), _summary(report))
    code = console.finish(answer, Severity(fail_on.value))
    return code or int(exit_code and bool(report.difference.folded))


def _render(console: Console, head: str) -> int:
    from gitopsgen.model.selection import Selection
    from gitopsgen.pipeline import RenderOptions
    from gitopsgen.pipeline import render as run
    from gitopsgen.report import Report

    if head:
        raise UsageError("--render renders the work tree: it makes no sense with --head")
    with console.working("rendering") as progress:
        rendered = run(console.root, RenderOptions(Selection()), progress)
    errors = tuple(finding for finding in rendered.diagnostics if finding.severity is Severity.ERROR)
    return console.finish(Report(errors)) if errors else 0


def _inside(root: Path, path: str) -> str:
    here = Path.cwd() / path
    if here.exists() and here.resolve().is_relative_to(root):
        return here.resolve().relative_to(root).as_posix()
    return path.rstrip("/")


def _records(report: DiffReport, output: DiffFormat) -> dict[str, list[object]]:
    if output is not DiffFormat.JSON:
        return {}
    from gitopsgen.report.difference import json

    return json.records(report.difference)


def _lines(report: DiffReport, output: DiffFormat, full: bool, color: Colour) -> Iterable[str]:
    from gitopsgen import __version__
    from gitopsgen.report import ordered, sarif, terminal
    from gitopsgen.report.difference import html, markdown, text

    findings = ordered(report.diagnostics)
    title = f"What changes in the fleet since {report.base[:10]}"
    if output is DiffFormat.MARKDOWN:
        return markdown.lines(report.difference, findings, title)
    if output is DiffFormat.HTML:
        return html.lines(report.difference, findings, title)
    if output is DiffFormat.SARIF:
        return [sarif.document(findings, __version__)]
    paint = terminal.coloured if use_colour(color, sys.stdout) else terminal.plain
    return text.lines(report.difference, paint, is_full=full)


def _summary(report: DiffReport) -> tuple[str, ...]:
    from gitopsgen.report.difference.lines import summary

    return (summary(report.difference),)
