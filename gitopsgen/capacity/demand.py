"""All that the pods of one cluster ask for: claims of every source, with what is added to them.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any, Final

from gitopsgen.capacity import kubernetes, operated, systems
from gitopsgen.capacity.injection import injected
from gitopsgen.capacity.objects import Item, Objects, at, whole
from gitopsgen.capacity.pods import added, requests
from gitopsgen.capacity.workload import Claim, Setting, Workload
from gitopsgen.model.unchecked import mapping, sequence, text

# https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/
_PRIORITIES: Final = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def workloads(objects: Objects, setting: Setting) -> tuple[Workload, ...]:
    """Give all workloads of a cluster, with what each pod asks for."""
    found = chain(kubernetes.claims(objects), operated.claims(objects, setting), systems.claims(setting))
    return tuple([_workload(claim, objects, setting) for claim in found])


def _workload(claim: Claim, objects: Objects, setting: Setting) -> Workload:
    namespace = objects.get("Namespace", claim.namespace)
    defaults = _defaults(objects, claim.namespace)
    spec = _filled(claim.spec, defaults) if defaults else claim.spec
    runtime = objects.get("RuntimeClass", text(claim.spec.get("runtimeClassName")), group="node.k8s.io")
    data: Mapping[str, Any] = runtime.data if runtime else {}
    asks = requests(spec, at(data, "overhead", "podFixed"))
    priority, may_wait = _priority(objects, text(claim.spec.get("priorityClassName")))
    tolerations = (*sequence(claim.spec.get("tolerations")), *sequence(at(data, "scheduling", "tolerations")))
    return Workload(
        claim,
        added(asks, *injected(claim, namespace, setting)),
        priority,
        may_wait,
        {**mapping(claim.spec.get("nodeSelector")), **mapping(at(data, "scheduling", "nodeSelector"))},
        # the DaemonSet controller adds these itself, the first for nodes that take no pods
        (*tolerations, *_OF_DAEMONS) if claim.per_node else tolerations,
    )


_OF_DAEMONS: Final = (
    {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"},
    {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"},
)


def _priority(objects: Objects, name: str) -> tuple[int, bool]:
    """Give the priority of a class, and whether its pods push nobody out."""
    if name in _PRIORITIES:
        return _PRIORITIES[name], False
    found: Item | None = objects.get("PriorityClass", name, group="scheduling.k8s.io")
    if not name:
        every = objects.of("PriorityClass", "scheduling.k8s.io")
        found = next((one for one in every if one.data.get("globalDefault") is True), None)
    if found is None:
        return 0, False
    return whole(found.data.get("value"), 0), found.data.get("preemptionPolicy") == "Never"


def _defaults(objects: Objects, namespace: str) -> Mapping[str, Any]:
    """Give what a namespace's LimitRange gives containers that say nothing."""
    for item in objects.of("LimitRange"):
        if item.namespace == namespace:
            for limit in sequence(item.spec.get("limits")):
                if mapping(limit).get("type") == "Container":
                    return {**mapping(mapping(limit).get("default")), **mapping(mapping(limit).get("defaultRequest"))}
    return {}


def _filled(spec: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a pod's specification with requests where its containers have none."""
    parts = {kind: [_asking(one, defaults) for one in sequence(spec.get(kind))] for kind in _CONTAINERS}
    return {**spec, **parts}


_CONTAINERS: Final = ("containers", "initContainers")


def _asking(container: Any, defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    known = mapping(container)
    resources = mapping(known.get("resources"))
    given, limits = mapping(resources.get("requests")), mapping(resources.get("limits"))
    wanted = {name: value for name, value in defaults.items() if name not in given and name not in limits}
    return {**known, "resources": {**resources, "requests": {**given, **wanted}}} if wanted else known
