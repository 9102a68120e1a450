"""The kinds of findings about variants: codes GG207 and GG208; those of values stand in `values`."""

from __future__ import annotations

from typing import Final

from gitopsgen.diagnostics import Severity
from gitopsgen.source import FindingKind

KUBERNETES_TOO_OLD: Final = FindingKind("GG207", "kubernetes-too-old")
CASE_LEFT_OUT: Final = FindingKind("GG208", "case-left-out", Severity.WARNING)
