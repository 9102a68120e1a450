"""Findings as a JUnit report, which CI systems show as tests: one case an object, failed where it has an error.

Form: the common subset that Jenkins, GitLab and GitHub actions read, https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from gitopsgen.diagnostics import Diagnostic, Severity

Case = tuple[str, int, str]  # file, line, name
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(findings: Sequence[Diagnostic], cases: Iterable[Case]) -> str:
    """Give the report: a suite a file, with the objects in it and what was found at their lines."""
    suites: dict[str, list[Case]] = {}
    for case in sorted(cases):
        suites.setdefault(case[0], []).append(case)
    by_file: dict[str, list[Diagnostic]] = {}
    for one in findings:
        by_file.setdefault(one.location.file, []).append(one)
    parts = [_suite(file, suites.get(file, []), by_file.get(file, [])) for file in sorted({*suites, *by_file})]
    total, failed = sum(part[0] for part in parts), sum(part[1] for part in parts)
    body = "\n".join(part[2] for part in parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gitopsgen" tests="{total}" failures="{failed}">\n'
        f"{body}\n</testsuites>"
    )


def _suite(file: str, cases: list[Case], findings: list[Diagnostic]) -> tuple[int, int, str]:
    """Give how many cases there are, how many fail, and the text."""
    starts = [line for _, line, _ in cases]
    found: dict[int, list[Diagnostic]] = {}
    for one in findings:
        # what stands before the first object, or in a file without one, is a case of its own
        found.setdefault(bisect_right(starts, one.location.line or 0) - 1, []).append(one)
    named = [*([(-1, "the file")] if -1 in found else []), *((at, case[2]) for at, case in enumerate(cases))]
    texts = [_case(file, name, found.get(at, [])) for at, name in named]
    failed = sum(any(one.severity is Severity.ERROR for one in found.get(at, [])) for at, _ in named)
    head = f'  <testsuite name={_quoted(file)} tests="{len(named)}" failures="{failed}">'
    return len(named), failed, "\n".join([head, *texts, "  </testsuite>"])


def _case(file: str, name: str, findings: list[Diagnostic]) -> str:
    head = f"    <testcase classname={_quoted(file)} name={_quoted(name)}"
    if not findings:
        return f"{head}/>"
    errors = [one for one in findings if one.severity is Severity.ERROR]
    parts = [
        f"      <failure type={_quoted(f'{one.code} {one.name}')} message={_quoted(one.message)}>{_text(one)}</failure>"
        for one in errors
    ]
    others = [_text(one) for one in findings if one not in errors]
    if others:
        parts.append(f"      <system-out>{chr(10).join(others)}</system-out>")
    return "\n".join([f"{head}>", *parts, "    </testcase>"])


def _text(one: Diagnostic) -> str:
    hint = f"\nhint: {one.hint}" if one.hint else ""
    return _clean(escape(f"{one.location}: {one.severity.value}[{one.code}] {one.message} ({one.name}){hint}"))


def _quoted(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
