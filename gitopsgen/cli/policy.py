"""`gitopsgen policy`: policies tried on their own tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gitopsgen.cli.console import Console
from gitopsgen.cli.options import Color, Colour, Quiet, findings_format, option, subcommand
from gitopsgen.diagnostics import Location

if TYPE_CHECKING:
    from gitopsgen.pipeline.policy_tests import TestReport
    from gitopsgen.policy.tested import Tested

app = subcommand(no_args_is_help=True)


class TestFormat(StrEnum):
    """How the outcome of tests is printed."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    GITHUB = "github"


@app.callback()
def policy() -> None:
    """Try policies in Rego, and Gatekeeper's around it."""


@app.command("test")
def run_tests(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]…", help="Folders or files; here otherwise.")
    ] = None,
    verbose: Annotated[
        bool, option("-v", "--verbose", help="Name the tests that pass too, and what they print.")
    ] = False,
    output: Annotated[TestFormat, option("-o", "--output", help="How the outcome is printed.")] = TestFormat.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Run gator's suites and Rego's tests, with neither program.

    A suite is a document of kind Suite (test.gatekeeper.sh/v1alpha1). Rego's tests are the rules called test_… in files
    called *_test.rego; the policies of a folder belong together.

    gitopsgen policy test blueprints
    """
    from gitopsgen.pipeline.policy_tests import run_policy_tests
    from gitopsgen.report import Report, junit

    with Console(Path.cwd(), findings_format(output), color, quiet).working("testing"):
        report = run_policy_tests(paths or ["."])
    console = Console(Path.cwd(), findings_format(output), color, quiet, _excerpt(report))
    if output is TestFormat.JUNIT:
        cases = [(file, line, tested.name) for file, line, tested in report.tests]
        return console.finish(Report(tuple(report.findings), {}, [junit.document(report.findings, cases)]))
    records = {"tests": [_record(*one) for one in report.tests]}
    lines = _lines(report, is_verbose=verbose) if output is TestFormat.TEXT else ()
    return console.finish(Report(tuple(report.findings), records, lines, (_summary(report),)))


def _record(file: str, line: int, tested: Tested) -> dict[str, object]:
    return {"file": file, "line": line, "test": tested.name, "outcome": _outcome(tested), "message": tested.wrong}


def _outcome(tested: Tested) -> str:
    return "skipped" if tested.is_skipped else "failed" if tested.wrong else "passed"


def _lines(report: TestReport, *, is_verbose: bool) -> Iterator[str]:
    """Give a line a file, and a line a test where they are asked for or something is wrong."""
    by_file: dict[str, list[Tested]] = {}
    for file, _, tested in report.tests:
        by_file.setdefault(file, []).append(tested)
    for file, tests in sorted(by_file.items()):
        failed = any(one.wrong for one in tests)
        yield f"{'FAIL' if failed else 'ok'}  {file}  {_many(len(tests))}"
        for one in tests:
            if is_verbose or one.wrong:
                yield f"    {_outcome(one)}: {one.name}"
                yield from (f"        {line}" for line in one.printed)


def _summary(report: TestReport) -> str:
    outcomes = [_outcome(one) for *_, one in report.tests]
    counts = (f"{outcomes.count(word)} {word}" for word in ("passed", "failed", "skipped") if word in outcomes)
    return f"{_many(len(outcomes))}: {', '.join(counts)}" if outcomes else "no tests"


def _many(number: int) -> str:
    return f"{number} test{'' if number == 1 else 's'}"


def _excerpt(report: TestReport) -> Callable[[Location], str | None]:
    def line_at(location: Location) -> str | None:
        lines = report.texts.get(location.file, "").split("\n")
        return lines[location.line - 1] if location.line and location.line <= len(lines) else None

    return line_at
