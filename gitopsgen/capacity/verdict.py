"""Whether a cluster's nodes hold its pods: usually, at the ceiling while all is rolled out, and with a node lost.

Three loads. *Usual*: what autoscalers keep at least. *Most*: every autoscaler at its ceiling. *Peak*: that, and the
surge of every Deployment. The peak has to fit, also where one node of several is lost; then pods may wait whose
priority class pushes nobody out, and those that nothing but their own neighbours keep from the other nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gitopsgen.capacity.demand import workloads
from gitopsgen.capacity.nodes import Node, nodes_of
from gitopsgen.capacity.objects import Item, Objects
from gitopsgen.capacity.placement import Placement, Unplaced, place
from gitopsgen.capacity.pods import Amounts, added, times, total
from gitopsgen.capacity.workload import Setting, Workload


@dataclass(frozen=True, slots=True)
class Problem:
    """Pods that find no node; `lost` names the node that is gone then, empty where all are there."""

    unplaced: Unplaced
    lost: str = ""


class Verdict:
    """The pods and nodes of one cluster, and what becomes of them."""

    def __init__(self, pods: Sequence[Workload], nodes: Sequence[Node]) -> None:
        """Take them; nothing is placed before someone asks."""
        self.workloads = tuple(pods)
        self.nodes = tuple(nodes)

    @cached_property
    def usual(self) -> Placement:
        """The pods that are there at least."""
        return self._placed(lambda one: one.claim.least)

    @cached_property
    def most(self) -> Placement:
        """The pods of all autoscalers' ceilings."""
        return self._placed(lambda one: one.claim.most)

    @cached_property
    def peak(self) -> Placement:
        """The same, with the surge of a rollout."""
        return self._placed(peak_of)

    @cached_property
    def losses(self) -> tuple[Node, ...]:
        """The nodes that may be lost: one of each sort, none where nothing would be left."""
        if len(self.nodes) < 2:  # noqa: PLR2004 - with a single one nothing is left
            return ()
        sorts = {node.likeness: node for node in reversed(self.nodes)}
        return tuple(sorted(sorts.values(), key=lambda node: node.name))

    @cached_property
    def lost(self) -> Mapping[str, Placement]:
        """The peak with a node lost, by the node."""
        counts = self.counts(peak_of)
        return {
            gone.name: place(self.workloads, counts, [node for node in self.nodes if node is not gone])
            for gone in self.losses
        }

    def _placed(self, number: Callable[[Workload], int]) -> Placement:
        return place(self.workloads, self.counts(number), self.nodes)

    def counts(self, number: Callable[[Workload], int]) -> dict[int, int]:
        """Give a number of pods for each workload, by its place."""
        return {place: number(one) for place, one in enumerate(self.workloads)}

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What does not fit; with a node lost only where all fits with it."""
        found = [Problem(one) for one in self.peak.unplaced]
        return tuple(found or self._of_losses())

    def _of_losses(self) -> Iterator[Problem]:
        for node, placement in self.lost.items():
            yield from (Problem(one, node) for one in placement.unplaced if not waits(one))

    @property
    def fits(self) -> bool:
        """Whether there are no problems."""
        return not self.problems

    @cached_property
    def free(self) -> Amounts:
        """What the nodes give that take any pod."""
        return total(node.free for node in self.nodes if node.takes_any)

    def asked(self, placement: Placement, case: str | None = None) -> dict[str, Any]:
        """Give what the pods of a case, or all, ask for on nodes that take any pod, whether they found one or not."""
        parts: list[Amounts] = []
        for number, workload in enumerate(self.workloads):
            if case is not None and workload.case != case:
                continue
            elsewhere = sum(spot.pods.get(number, 0) for spot in placement.spots if not spot.node.takes_any)
            pods = placement.placed[number] - elsewhere
            pods += sum(one.pods for one in placement.unplaced if one.workload is workload)
            parts.append(times(pods, added(workload.requests, {"pods": 1})))
        return total(parts)

    def left(self, placement: Placement) -> dict[str, int]:
        """Give what is left on nodes that take any pod."""
        return total(spot.free for spot in placement.spots if spot.node.takes_any)

    @cached_property
    def worst(self) -> Placement | None:
        """The peak with that node lost that takes any pod and whose loss leaves least; None for a single node."""
        takers = [self.lost[node.name] for node in self.losses if node.takes_any]
        return min(takers, key=lambda one: self.left(one).get("cpu", 0), default=None)

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that have pods, in the order in which they were given."""
        return tuple(dict.fromkeys(one.case for one in self.workloads))


def peak_of(workload: Workload) -> int:
    """Give how many pods a workload has at its ceiling while it is rolled out."""
    return workload.claim.most + workload.claim.surge


def waits(one: Unplaced) -> bool:
    """Whether pods may do without a node until the lost one is back."""
    return one.is_apart or one.workload.may_wait


def judge(items: Sequence[Item] | Objects, files: Sequence[tuple[str, Any]], setting: Setting) -> Verdict | None:
    """Give the verdict on a cluster, None where the size of its nodes is not known."""
    objects = items if isinstance(items, Objects) else Objects(items)
    nodes = nodes_of(objects, files, setting)
    return Verdict(workloads(objects, setting), nodes) if nodes else None
