"""The nodes of a cluster: what each has to give, its labels and its taints.

Sizes are facts of the cluster; what a node keeps for itself, its labels and taints stand in the files that it reads
(K3s' `config.yaml`, kubeadm's configurations). Where there are Node objects, they are believed.
Allocatable: https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gitopsgen.capacity.kubelet import Reserve, kubelets, taint_of
from gitopsgen.capacity.objects import Objects, at, whole
from gitopsgen.capacity.pods import Amounts, amounts
from gitopsgen.capacity.quantities import amount
from gitopsgen.capacity.systems import node_labels
from gitopsgen.capacity.workload import Setting
from gitopsgen.model.unchecked import mapping, sequence, text

HOST: Final = "kubernetes.io/hostname"
_SERVER: Final = "node-role.kubernetes.io/control-plane"
_RACK: Final = "gitopsgen.io/rack"
# What firmware and kernel take before the kubelet sees any: 7.75 of 8 GiB, 15.5 of 16.
_KERNEL_SHARE: Final = 32


@dataclass(frozen=True, slots=True)
class Node:
    """One node; `free` is what pods may ask of it together."""

    name: str
    free: Amounts
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, Any], ...] = ()

    @property
    def takes_any(self) -> bool:
        """Whether it takes pods that tolerate nothing."""
        return not any(one.get("effect") in {"NoSchedule", "NoExecute"} for one in self.taints)

    @property
    def likeness(self) -> tuple[Any, ...]:
        """What is the same for nodes of which any may stand for any other."""
        own = {HOST, _RACK}
        labels = tuple(sorted((key, value) for key, value in self.labels.items() if key not in own))
        taints = tuple((one.get("key"), one.get("effect")) for one in self.taints)
        return tuple(sorted(self.free.items())), labels, taints


def nodes_of(objects: Objects, files: Iterable[tuple[str, Any]], setting: Setting) -> tuple[Node, ...]:
    """Give the nodes of a cluster, none where its size is not known; `files` are paths and data of node files."""
    given = objects.of("Node")
    if given:
        return tuple([_given(item.data) for item in given])
    facts = setting.facts
    reserves = kubelets(files)
    servers = whole(facts.get("controlPlane"), 0)
    workers = whole(facts.get("workers" if servers else "nodes"), 0)
    made = [_node(f"server-{one + 1}", facts, reserves.server, {_SERVER: ""}) for one in range(servers)]
    extra = node_labels(setting)
    if not servers:
        extra[_SERVER] = "true"  # every node of K3s here is a server
    made += [_node(f"node-{one + 1}", facts, reserves.worker, {**extra, **_rack(facts, one)}) for one in range(workers)]
    for pool in sequence(facts.get("pools")):
        made += _of_pool(mapping(pool), facts, reserves.worker, extra)
    return tuple([one for one in made if one is not None])


def _rack(facts: Mapping[str, Any], number: int) -> dict[str, str]:
    racks = whole(facts.get("racks"), 0)
    return {_RACK: f"r{number % racks + 1}"} if racks else {}


def _of_pool(
    pool: Mapping[str, Any], facts: Mapping[str, Any], reserve: Reserve, labels: Mapping[str, str]
) -> list[Node | None]:
    taints = tuple(map(taint_of, sequence(pool.get("taints"))))
    facts = {**facts, "size": pool.get("size", facts.get("size"))}
    kept = Reserve(reserve.kept, reserve.processors, reserve.pods, reserve.labels, (*reserve.taints, *taints))
    own = {**labels, **mapping(pool.get("labels"))}
    number, name = whole(pool.get("nodes"), 0), text(pool.get("name"))
    return [_node(f"{name}-{one + 1}", facts, kept, own) for one in range(number)]


def _node(name: str, facts: Mapping[str, Any], reserve: Reserve, labels: Mapping[str, str]) -> Node | None:
    size = mapping(facts.get("size"))
    processors, memory = whole(size.get("cpu"), 0), amount(size.get("memory"))
    if not processors or memory is None:
        return None
    real = int(memory - memory / _KERNEL_SHARE)
    extra = amounts(size.get("resources"))
    pages = sum(value for kind, value in extra.items() if kind.startswith("hugepages-"))
    free = {
        **extra,
        "cpu": 1000 * processors - reserve.processors,
        "memory": real - reserve.kept - pages,
        "pods": reserve.pods,
    }
    return Node(name, free, {**reserve.labels, **labels, HOST: name}, reserve.taints)


def _given(data: Mapping[str, Any]) -> Node:
    metadata = mapping(data.get("metadata"))
    name = text(metadata.get("name"))
    status = mapping(data.get("status"))
    free = amounts(status.get("allocatable") or status.get("capacity"))
    taints = tuple(mapping(one) for one in sequence(at(data, "spec", "taints")))
    return Node(name, {"pods": 110, **free}, {HOST: name, **mapping(metadata.get("labels"))}, taints)
