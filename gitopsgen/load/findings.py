"""The kinds of findings about a project's files and facts: codes GG111 to GG124."""

from __future__ import annotations

from typing import Final

from gitopsgen.diagnostics import Severity
from gitopsgen.source import FindingKind
from gitopsgen.values import Kinds

UNKNOWN_FACT: Final = FindingKind("GG111", "unknown-fact")
INVALID_FACT: Final = FindingKind("GG112", "invalid-fact")
MISSING_FACT: Final = FindingKind("GG113", "missing-fact")
UNKNOWN_NAME: Final = FindingKind("GG114", "unknown-name")
MISSING_FILE: Final = FindingKind("GG115", "missing-file")
INVALID_SCHEMA: Final = FindingKind("GG116", "invalid-schema")
OPEN_SCHEMA: Final = FindingKind("GG117", "open-schema")
UNUSED_OVERLAY: Final = FindingKind("GG118", "unused-overlay")
STRAY_FILE: Final = FindingKind("GG119", "stray-file")
TOOL_TOO_OLD: Final = FindingKind("GG120", "tool-too-old")
UNSAFE_PATH: Final = FindingKind("GG121", "unsafe-path")
MISPLACED_TAG: Final = FindingKind("GG123", "misplaced-tag")
EVEN_SERVERS: Final = FindingKind("GG124", "even-servers")
INHERITED_FACT: Final = FindingKind("GG122", "inherited-fact", Severity.WARNING)

FACTS: Final = Kinds(UNKNOWN_FACT, INVALID_FACT, MISSING_FACT)
