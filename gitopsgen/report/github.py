"""Findings as workflow commands, which GitHub shows beside the changed lines.

Form and escapes: "Workflow commands for GitHub Actions", section on annotations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gitopsgen.diagnostics import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def lines(findings: Iterable[Diagnostic]) -> Iterator[str]:
    """Give one command a finding, in the order given."""
    for finding in findings:
        yield f"::{_COMMANDS[finding.severity]} {_properties(finding)}::{_text(finding).translate(_DATA)}"


def _properties(finding: Diagnostic) -> str:
    where = finding.location
    known = {"file": where.file, "line": where.line, "col": where.column, "title": f"{finding.code} {finding.name}"}
    return ",".join(f"{key}={str(value).translate(_PROPERTY)}" for key, value in known.items() if value is not None)


def _text(finding: Diagnostic) -> str:
    related = (f"{each.message}: {each.location}" for each in finding.related)
    return "\n".join((finding.message, *related, *([f"hint: {finding.hint}"] if finding.hint else [])))
