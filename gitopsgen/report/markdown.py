"""Findings as Markdown, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.report import counted
from gitopsgen.report.terminal import clean

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")
_MOST: Final = 200
_RANK: Final = [Severity.ERROR, Severity.WARNING, Severity.INFO]


def lines(findings: Sequence[Diagnostic], title: str, summary: Sequence[str]) -> Iterator[str]:
    """Give a heading, what was looked at, and a table with errors first; a long table is cut, and says so."""
    yield f"## {title}"
    yield ""
    yield f"**{counted(findings) or 'Nothing to mend'}.**"
    yield from (f"- {escaped(line)}" for line in summary)
    if findings:
        yield from ("", "| | where | what | rule |", "|---|---|---|---|")
    first = sorted(findings, key=lambda one: _RANK.index(one.severity))
    yield from map(_row, first[:_MOST])
    if len(findings) > _MOST:
        yield from ("", f"… and {len(findings) - _MOST} more, listed by `-o json`.")


def _row(one: Diagnostic) -> str:
    hint = f" <br>hint: {escaped(one.hint)}" if one.hint else ""
    what = f"{escaped(one.message)}{hint}"
    return f"| {one.severity.value} | {escaped(str(one.location))} | {what} | {one.code} {escaped(one.name)} |"


def escaped(text: str) -> str:
    """Give text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", clean(text))
