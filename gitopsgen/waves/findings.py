"""The kinds of findings about rollouts: codes GG223 to GG229."""

from __future__ import annotations

from typing import Final

from gitopsgen.diagnostics import Severity
from gitopsgen.source import FindingKind

UNROLLED_CLUSTER: Final = FindingKind("GG223", "unrolled-cluster")
EMPTY_WAVE: Final = FindingKind("GG224", "empty-wave", Severity.WARNING)
INSEPARABLE_NEIGHBOURS: Final = FindingKind("GG225", "inseparable-neighbours")
OVERLARGE_WAVE: Final = FindingKind("GG226", "overlarge-wave")
OVERLARGE_BATCH: Final = FindingKind("GG227", "overlarge-batch")
REPEATED_WAVE: Final = FindingKind("GG228", "repeated-wave")
UNMEASURED_TRAFFIC: Final = FindingKind("GG229", "unmeasured-traffic")
