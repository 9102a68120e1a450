"""What is known of a cluster that a change has to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Member:
    """One cluster that runs a case.

    `facts` are as a selector compares them; `failover` names regions in the order of preference;
    `place` is latitude and longitude in degrees, None where they are not known; `traffic` has any unit.
    """

    region: str
    cluster: str
    class_name: str
    environment: str
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failover: tuple[str, ...] = ()
    place: tuple[float, float] | None = None
    traffic: int = 0

    @property
    def name(self) -> str:
        """Give the address without the case."""
        return f"{self.region}/{self.cluster}"
