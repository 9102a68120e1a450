"""Findings and answers for programs: one JSON object a command."""

from __future__ import annotations

import json
from typing import Any

from gitopsgen.diagnostics import Diagnostic, Location
from gitopsgen.report import Report, ordered


def document(report: Report) -> str:
    """Give `{"findings": [...], "<plural>": [...]}`, keys in that order."""
    answer = {"findings": [record(finding) for finding in ordered(report.findings)], **report.records}
    # ASCII: whatever locale the reader's pipe has, and lone surrogates cannot break it
    return json.dumps(answer, indent=2, ensure_ascii=True)


def record(finding: Diagnostic) -> dict[str, Any]:
    """Give one finding as plain data; every key is always there."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "location": place(finding.location),
        "related": [{"message": each.message, "location": place(each.location)} for each in finding.related],
    }


def place(location: Location) -> dict[str, Any]:
    """Give a location as plain data; what is not known is null."""
    return {"file": location.file, "line": location.line, "column": location.column}
