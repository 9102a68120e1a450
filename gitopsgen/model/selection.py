"""Which variants a run is about, and what it sets on top of their overlays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Condition = tuple[str, str, str]  # key, `=` or `!=`, value


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for; empty parts ask for everything. `sets` are (path as written, value)."""

    regions: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    selector: tuple[Condition, ...] = ()
    sets: tuple[tuple[str, Any], ...] = ()
    version_set: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every variant is asked for."""
        return not (self.regions or self.clusters or self.cases or self.selector)
