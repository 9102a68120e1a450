"""Diagnostics and answers turned into text, one file a format.

Knows neither stages nor streams: every format is a function from records to lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gitopsgen.diagnostics import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Report:
    """What a command has to say.

    `records` holds what was asked for under its plural (`{"regions": [...]}`), for programs;
    `lines` is the same for people; `summary` is what a person wants to know besides.
    """

    findings: tuple[Diagnostic, ...] = ()
    records: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    lines: Iterable[str] = ()
    summary: tuple[str, ...] = ()


def ordered(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Give each finding once, by file, line, column and code."""
    return sorted(dict.fromkeys(findings), key=_place)


def counted(findings: Iterable[Diagnostic]) -> str:
    """Give `2 errors, 1 warning`, empty where there is nothing to count."""
    found = [finding.severity for finding in findings]
    numbers = ((severity.value, found.count(severity)) for severity in (Severity.ERROR, Severity.WARNING))
    return ", ".join(f"{number} {word}{'s' if number > 1 else ''}" for word, number in numbers if number)


def numbered(number: int, word: str, words: str = "") -> str:
    """Give `1 city`, `2 cities`; the plural has an s where none is given."""
    return f"{number} {word if number == 1 else words or f'{word}s'}"


def _place(finding: Diagnostic) -> tuple[str, int, int, str, str]:
    where = finding.location
    return where.file, where.line or 0, where.column or 0, finding.code, finding.message
