"""A cluster with what was found out about it: what a report tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gitopsgen.capacity.growth import Break
from gitopsgen.capacity.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """One cluster with its verdict; `breaks` is what breaks with more to do, the first thing first."""

    region: str
    cluster: str
    facts: Mapping[str, Any]  # of the region
    own: Mapping[str, Any]  # of the cluster
    verdict: Verdict
    breaks: tuple[Break, ...] = ()

    @property
    def address(self) -> str:
        """`region/cluster`."""
        return f"{self.region}/{self.cluster}"
