"""The kinds of findings about layers of values: codes GG201 to GG206."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gitopsgen.diagnostics import Severity
from gitopsgen.source import FindingKind

if TYPE_CHECKING:
    from gitopsgen.model.variant import Path

UNKNOWN_KEY: Final = FindingKind("GG201", "unknown-key")
INVALID_VALUE: Final = FindingKind("GG202", "invalid-value")
MISSING_VALUE: Final = FindingKind("GG203", "missing-value")
INHERITED_VALUE: Final = FindingKind("GG204", "inherited-value", Severity.WARNING)
MERGE_WITHOUT_TARGET: Final = FindingKind("GG205", "merge-without-target")
UNDECLARED_MERGE: Final = FindingKind("GG206", "undeclared-merge")


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding that knows its field, not yet its line; `key` says that the key itself is meant."""

    kind: FindingKind
    path: Path
    message: str
    hint: str = ""
    key: bool = False
