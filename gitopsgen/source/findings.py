"""The kinds of findings about files as files: codes GG101 to GG110.

Knows nothing of what a file means to the project.
"""

from __future__ import annotations

from dataclasses import dataclass

from gitopsgen.diagnostics import Diagnostic, Location, Related, Severity


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A code with the name that suppresses it, and how much it weighs."""

    code: str
    name: str
    severity: Severity = Severity.ERROR

    def at(self, location: Location, message: str, hint: str = "", related: tuple[Related, ...] = ()) -> Diagnostic:
        """Give a finding of this kind at a place."""
        return Diagnostic(self.code, self.name, self.severity, message, location, hint, related)


YAML_SYNTAX = FindingKind("GG101", "yaml-syntax")
DUPLICATE_KEY = FindingKind("GG102", "duplicate-key")
AMBIGUOUS_SCALAR = FindingKind("GG103", "ambiguous-scalar")
YAML_ALIAS = FindingKind("GG104", "yaml-alias")
NON_STRING_KEY = FindingKind("GG105", "non-string-key")
UNKNOWN_TAG = FindingKind("GG106", "unknown-tag")
SEVERAL_DOCUMENTS = FindingKind("GG107", "several-documents")
UNSAFE_TEXT = FindingKind("GG108", "unsafe-text")
OVERSIZED_FILE = FindingKind("GG109", "oversized-file")
UNREADABLE_FILE = FindingKind("GG110", "unreadable-file")


def by_place(finding: Diagnostic) -> tuple[str, int, int, str, str]:
    """Order findings by place; what has no line comes before what has one."""
    place = finding.location
    return place.file, place.line or 0, place.column or 0, finding.code, finding.message
