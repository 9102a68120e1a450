"""Findings for people: one parseable line, the source line with a caret, related places, the cure.

The first line has the form `path:line:column: error[GG101] message (rule-name)`, which editors parse.
Knows no files: the caller hands in where source lines come from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from gitopsgen.diagnostics import Diagnostic, Location, Related, Severity
from gitopsgen.report.terminal import Paint, clean, padding

Excerpt = Callable[[Location], str | None]

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_BEFORE = 60  # columns kept before the caret of a line too long to show
_WIDEST = 140
_MOST_RELATED = 12
_LAST_RELATED = 3  # where it was rendered, and in how many more places


def lines(findings: Sequence[Diagnostic], excerpt: Excerpt, paint: Paint, *, most: int | None = None) -> Iterator[str]:
    """Give the lines of all findings, in the order given.

    Of warnings with one code the first is told in full, the others in one line each: errors are not to drown in them.
    Beyond `most` they are only counted.
    """
    alike = Counter(one.code for one in findings if one.severity is not Severity.ERROR)
    told: Counter[str] = Counter()
    for finding in findings:
        if finding.severity is Severity.ERROR:
            yield from _whole(finding, excerpt, paint)
            continue
        told[finding.code] += 1
        number, last = told[finding.code], alike[finding.code]
        if number == 1:
            yield from _whole(finding, excerpt, paint)
        elif most is None or number <= most:
            yield _headline(finding, paint)
        elif number == last:
            yield f"… and {last - most} more of {finding.code}, listed with -v"


def _whole(finding: Diagnostic, excerpt: Excerpt, paint: Paint) -> Iterator[str]:
    yield _headline(finding, paint)
    yield from _source(finding, excerpt, paint)
    yield from _related(finding.related, paint)
    if finding.hint:
        yield f"  {paint('hint', 'cyan')}: {clean(finding.hint)}"


def _related(related: Sequence[Related], paint: Paint) -> Iterator[str]:
    shown = [f"  {clean(one.message)}: {paint(clean(str(one.location)), 'bold')}" for one in related]
    left_out = len(shown) - _MOST_RELATED
    if left_out > 0:
        more = f"  … {left_out} more place{'' if left_out == 1 else 's'}, listed by -o json"
        shown[_MOST_RELATED - _LAST_RELATED : -_LAST_RELATED] = [more]
    yield from shown


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
