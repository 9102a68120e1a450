"""A node while pods are put on it, and whether it takes pods at all.

https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from gitopsgen.capacity.nodes import Node
from gitopsgen.capacity.objects import at
from gitopsgen.capacity.pods import Amounts
from gitopsgen.capacity.selectors import holds, tolerates
from gitopsgen.capacity.workload import Workload
from gitopsgen.model.unchecked import mapping, sequence

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_ASKED: Final = frozenset({"NoSchedule", "NoExecute"})


@dataclass(slots=True)
class Spot:
    """A node while pods are put on it."""

    node: Node
    free: dict[str, int]
    pods: dict[int, int] = field(default_factory=dict)

    def lacks(self, asks: Amounts) -> str:
        """Give the first resource that is not there for one more pod, empty where all are."""
        if self.free.get("pods", 0) < 1:
            return "pods"
        return next((name for name, value in asks.items() if value > self.free.get(name, 0)), "")

    def take(self, place: int, asks: Amounts) -> None:
        """Put a pod here."""
        self.pods[place] = self.pods.get(place, 0) + 1
        self.free["pods"] -= 1
        for name, value in asks.items():
            self.free[name] = self.free.get(name, 0) - value

    @property
    def share_left(self) -> float:
        """The mean of the shares of processors and memory that are free."""
        whole = self.node.free
        return sum(self.free[name] / whole[name] for name in ("cpu", "memory") if whole.get(name)) / 2


def tolerated(node: Node, workload: Workload) -> bool:
    """Whether pods of a workload tolerate all taints of a node that keep pods away."""
    if not node.taints:
        return True
    hard = [one for one in node.taints if one.get("effect") in _ASKED]
    return all(tolerates(list(workload.tolerations), taint) for taint in hard)


def admits(node: Node, workload: Workload) -> bool:
    """Whether a node may take pods of a workload, if it had room."""
    return tolerated(node, workload) and selects(node, workload)


def selects(node: Node, workload: Workload) -> bool:
    """Whether a node has the labels that pods of a workload ask of it."""
    if any(node.labels.get(key) != value for key, value in workload.selector.items()):
        return False
    affinity = workload.claim.spec.get("affinity")
    terms = at(affinity, "nodeAffinity", _REQUIRED) if affinity else None
    if terms is None:
        return True
    return any(
        all(holds(mapping(one), node.labels) for one in sequence(mapping(term).get("matchExpressions")))
        for term in sequence(mapping(terms).get("nodeSelectorTerms"))
    )
