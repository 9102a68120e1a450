"""Findings for people: one parseable line, the source line with a caret, related places, the cure.

The first line has the form `path:line:column: error[GG101] message (rule-name)`, which editors parse.
Knows no files: the caller hands in where source lines come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.report.terminal import Paint, clean, padding

Excerpt = Callable[[Location], str | None]

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_BEFORE = 60  # columns kept before the caret of a line too long to show
_WIDEST = 140


def lines(findings: Iterable[Diagnostic], excerpt: Excerpt, paint: Paint) -> Iterator[str]:
    """Give the lines of all findings, in the order given."""
    for finding in findings:
        yield _headline(finding, paint)
        yield from _source(finding, excerpt, paint)
        for related in finding.related:
            yield f"  {clean(related.message)}: {paint(clean(str(related.location)), 'bold')}"
        if finding.hint:
            yield f"  {paint('hint', 'cyan')}: {clean(finding.hint)}"


def _headline(finding: Diagnostic, paint: Paint) -> str:
    where = paint(clean(str(finding.location)), "bold")
    what = paint(f"{finding.severity.value}[{finding.code}]", _STYLES[finding.severity])
    return f"{where}: {what} {clean(finding.message)} ({finding.name})"


def _source(finding: Diagnostic, excerpt: Excerpt, paint: Paint) -> Iterator[str]:
    text = excerpt(finding.location)
    if text is None:
        return
    column = finding.location.column
    start = max(0, column - _BEFORE) if column and len(text) > _WIDEST else 0
    shown = text[start : start + _WIDEST]
    number = str(finding.location.line)
    yield f"  {number} | {clean(shown)}"
    if column and column - start <= len(shown) + 1:
        mark = paint("^", _STYLES[finding.severity])
        yield f"  {' ' * len(number)} | {padding(clean(shown[: column - start - 1]))}{mark}"
