"""The kinds of findings about variants: codes GG207 to GG211, GG221 and GG222; those of values stand in `values`."""

from __future__ import annotations

from typing import Final

from gitopsgen.diagnostics import Severity
from gitopsgen.source import FindingKind

KUBERNETES_TOO_OLD: Final = FindingKind("GG207", "kubernetes-too-old")
UNTESTED_VERSION: Final = FindingKind("GG209", "untested-version", Severity.WARNING)
PAST_END_OF_LIFE: Final = FindingKind("GG210", "past-end-of-life", Severity.WARNING)
CASE_LEFT_OUT: Final = FindingKind("GG208", "case-left-out", Severity.WARNING)
RELEASED_WEIGHT: Final = FindingKind("GG211", "released-weight")
UNEQUAL_TOTAL: Final = FindingKind("GG221", "unequal-total")
COMPUTED_VALUE: Final = FindingKind("GG222", "computed-value")
