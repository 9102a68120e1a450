"""Whether the nearest clusters that run a case can carry the load of a city that is gone.

The load of a case is what its Deployments run usually; what another cluster can take over is the room of its
autoscalers, from that to their ceilings, as far as its nodes hold it. What no autoscaler scales takes nothing over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gitopsgen.capacity.verdict import Verdict
from gitopsgen.capacity.workload import Workload

Address = str  # `region/cluster`


@dataclass(frozen=True, slots=True)
class Taken:
    """So many pods that one cluster takes over, and how far it is."""

    cluster: Address
    pods: int
    km: int
    round_trip_ms: float


@dataclass(frozen=True, slots=True)
class Takeover:
    """What becomes of the load of one workload: `pods` in all, and who takes them over, the nearest first."""

    case: str
    workload: str
    pods: int
    taken: tuple[Taken, ...]

    @property
    def carried(self) -> int:
        """How many pods are taken over."""
        return sum(one.pods for one in self.taken)

    @property
    def is_carried(self) -> bool:
        """Whether all are."""
        return self.carried >= self.pods


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A cluster of another city, how far it is, and what is known of its pods."""

    cluster: Address
    km: int
    round_trip_ms: float
    verdict: Verdict


def loads(lost: Sequence[Verdict], case: str) -> dict[str, int]:
    """Give the pods of a case's Deployments on lost clusters, by workload."""
    found: dict[str, int] = {}
    for verdict in lost:
        for one in verdict.workloads:
            if _is_load(one, case) and (one.claim.is_scaled or not _has_scaled(verdict, case)):
                found[one.title] = found.get(one.title, 0) + one.claim.least
    return {title: pods for title, pods in found.items() if pods}


def takeovers(lost: Sequence[Verdict], case: str, neighbours: Sequence[Neighbour]) -> tuple[Takeover, ...]:
    """Give who takes over what of a case; `neighbours` are the clusters that run it, the nearest first."""
    return tuple([_takeover(case, title, pods, neighbours) for title, pods in loads(lost, case).items()])


def _takeover(case: str, title: str, pods: int, neighbours: Sequence[Neighbour]) -> Takeover:
    taken: list[Taken] = []
    open_pods = pods
    for one in neighbours:
        room = min(open_pods, spare(one.verdict, case).get(title, 0))
        if room > 0:
            taken.append(Taken(one.cluster, room, one.km, one.round_trip_ms))
            open_pods -= room
    return Takeover(case, title, pods, tuple(taken))


def spare(verdict: Verdict, case: str) -> Mapping[str, int]:
    """Give how many pods more each workload of a case may have, and finds room for."""
    return {
        one.title: verdict.most.placed[number] - one.claim.least
        for number, one in enumerate(verdict.workloads)
        if one.case == case and one.claim.is_scaled
    }


def _is_load(workload: Workload, case: str) -> bool:
    return workload.case == case and (workload.claim.is_scaled or workload.claim.kind == "Deployment")


def _has_scaled(verdict: Verdict, case: str) -> bool:
    return any(one.case == case and one.claim.is_scaled for one in verdict.workloads)
