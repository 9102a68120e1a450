"""How much the workloads of a namespace may ask for: the most pods, and what each of them asks.

Judges nothing. Counts what manifests tell: pods of operators and of node agents are not counted, and a container
without requests counts as nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gitopsgen.capacity.pods import of_pod
from gitopsgen.capacity.quantities import amount
from gitopsgen.capacity.surges import surge
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_spec
from gitopsgen.check.references.scaling import autoscalers, most_pods, target_of
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, text

_REPLICATED = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
# Names of quotas for what pods ask, without `requests.` that means the same.
_SHORT = {"cpu": "requests.cpu", "memory": "requests.memory"}


@dataclass(frozen=True, slots=True)
class Demand:
    """A workload, the most pods that it may have at once, and the overhead of each by resource."""

    workload: Subject
    pods: int
    overhead: Mapping[str, Any]

    def of(self, resource: str) -> Fraction:
        """Give how much of a resource, as a quota names it, all of its pods ask for."""
        if resource in {"pods", "count/pods"}:
            return Fraction(self.pods)
        kind, _, name = _SHORT.get(resource, resource).partition(".")
        if kind not in {"limits", "requests"} or name not in {"cpu", "memory"}:
            return Fraction(0)
        asked = of_pod(pod_spec(self.workload), kind, name)
        extra = amount(self.overhead.get(name)) if asked else None
        return self.pods * (asked + (extra or 0))


def demands(cluster: Cluster, namespace: str) -> Iterator[Demand]:
    """Give what each workload of a namespace may ask for."""
    ceilings = _ceilings(cluster)
    for workload in cluster.workloads():
        if workload.namespace == namespace:
            replicas = ceilings.get(id(workload), _replicas(workload))
            yield Demand(workload, replicas + _surge(workload, replicas), _overhead(cluster, workload))


def _ceilings(cluster: Cluster) -> dict[int, int]:
    found: dict[int, int] = {}
    for autoscaler in autoscalers(cluster):
        _, _, target = target_of(cluster, autoscaler)
        most = most_pods(autoscaler)
        if target is not None and most is not None:
            found[id(target)] = most
    return found


def _replicas(workload: Subject) -> int:
    if workload.known.name == "Pod":
        return 1
    if workload.known.name not in _REPLICATED:
        return 0
    replicas = mapping(workload.data.get("spec")).get("replicas", 1)
    return replicas if isinstance(replicas, int) else 0


def _surge(workload: Subject, replicas: int) -> int:
    if workload.known.name != "Deployment":
        return 0
    return surge(mapping(mapping(workload.data.get("spec")).get("strategy")), replicas)


def _overhead(cluster: Cluster, workload: Subject) -> Mapping[str, Any]:
    name = text(pod_spec(workload).get("runtimeClassName"))
    found = cluster.get("RuntimeClass", name, group="node.k8s.io")
    return {} if found is None else mapping(mapping(found.data.get("overhead")).get("podFixed"))
