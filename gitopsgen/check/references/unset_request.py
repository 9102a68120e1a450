"""A container that asks for nothing, where requests are counted.

What it finds:
    A container without a request of processor time or memory, neither its own nor by its limit, in a namespace
    whose ResourceQuota limits them.

Why:
    The API server refuses the pod, unless a LimitRange fills in a default that nobody chose for it: then the scheduler
    plans with a number that has nothing to do with the container.

Example:
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: risk, namespace: risk}
    spec: {hard: {requests.cpu: "2", requests.memory: 2Gi}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: opa, namespace: risk}
    spec: {containers: [{name: opa}]}

Instead:
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: risk, namespace: risk}
    spec: {hard: {requests.cpu: "2", requests.memory: 2Gi}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: opa, namespace: risk}
    spec: {containers: [{name: opa, resources: {requests: {cpu: 50m, memory: 64Mi}}}]}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import containers, pod_spec
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG518", "unset-request", Severity.ERROR, is_shared=True)
_COUNTED: Final = {"requests.cpu": "cpu", "cpu": "cpu", "requests.memory": "memory", "memory": "memory"}


def check(cluster: Cluster) -> Iterator[Found]:
    """Report containers that do not say what they need."""
    counted: dict[str, set[str]] = {}
    for quota in cluster.of("ResourceQuota"):
        hard = mapping(mapping(quota.data.get("spec")).get("hard"))
        counted.setdefault(quota.namespace, set()).update(_COUNTED[name] for name in hard if name in _COUNTED)
    for subject in cluster.workloads():
        yield from _unset(subject, counted.get(subject.namespace, set()))


def _unset(subject: Subject, counted: set[str]) -> Iterator[Found]:
    whole = mapping(pod_spec(subject).get("resources"))
    for path, container in containers(subject):
        if "ephemeralContainers" in path:
            continue  # they have no resources of their own
        own = mapping(container.get("resources"))
        asked = {name for part in (whole, own) for kind in ("requests", "limits") for name in mapping(part.get(kind))}
        missing = sorted(counted - asked)
        if missing:
            message = (
                f'container "{text(container.get("name"))}" of {subject} has no request of {" and ".join(missing)}, '
                f"which the quota of its namespace counts"
            )
            yield subject.found((*path, "resources") if own else path, message)
