"""Findings as SARIF 2.1.0, which code scanning of GitHub and others reads.

Form: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from gitopsgen.diagnostics import Diagnostic, Location, Severity

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def document(findings: Sequence[Diagnostic], version: str, accepted: Sequence[tuple[Diagnostic, str]] = ()) -> str:
    """Give the findings of one run; `version` is that of the program, `accepted` come with the reason in the source."""
    all_found = (*findings, *(finding for finding, _ in accepted))
    rules = {finding.code: {"id": finding.code, "name": finding.name} for finding in all_found}
    driver = {"name": "gitopsgen", "version": version, "rules": [rules[code] for code in sorted(rules)]}
    results = [_result(finding) for finding in findings]
    for finding, reason in accepted:
        results.append({**_result(finding), "suppressions": [{"kind": "inSource", "justification": reason}]})
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(finding: Diagnostic) -> dict[str, Any]:
    hint = f" Hint: {finding.hint}." if finding.hint else ""
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}.{hint}"},
        "locations": [_place(finding.location)],
        "relatedLocations": [
            {"id": number, "message": {"text": one.message}, **_place(one.location)}
            for number, one in enumerate(finding.related)
        ],
    }


def _place(location: Location) -> dict[str, Any]:
    known = {"startLine": location.line, "startColumn": location.column}
    region = {name: value for name, value in known.items() if value is not None}
    place: dict[str, Any] = {"artifactLocation": {"uri": _address(location.file)}}
    return {"physicalLocation": {**place, "region": region} if region else place}


def _address(file: str) -> str:
    """Give a relative reference, or for a file elsewhere on the machine an address, which `/…` alone is not."""
    return f"file://{quote(file)}" if file.startswith("/") else quote(file)
