"""A subset that has no pods.

What it finds:
    A subset of a DestinationRule for a Service whose pods are known, none of which has the labels of the subset.

Why:
    What is routed to it is answered with 503. `istioctl analyze` says IST0173.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec: {host: pay, subsets: [{name: v2, labels: {version: v2}}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pay, namespace: payment}
    spec: {selector: {app: pay}, ports: [{name: http, port: 80}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: pay, namespace: payment, labels: {app: pay, version: v1}}
    spec: {containers: []}

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec: {host: pay, subsets: [{name: v1, labels: {version: v1}}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pay, namespace: payment}
    spec: {selector: {app: pay}, ports: [{name: http, port: 80}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: pay, namespace: payment, labels: {app: pay, version: v1}}
    spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import NETWORKING, qualified, service_address
from gitopsgen.check.references.selection import made_by_operator, pods_selected
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG745", "idle-subset", Severity.ERROR, is_shared=True)
# Labels that are written to pods, or that the mesh adds to what it knows of them.
_WRITTEN: Final = ("kubernetes.io/", "topology.istio.io/", "topology.kubernetes.io/")
_HASHES: Final = frozenset({"controller-revision-hash", "pod-template-hash", "rollouts-pod-template-hash"})


def check(cluster: Cluster) -> Iterator[Found]:
    """Report subsets without pods."""
    for rule in cluster.of("DestinationRule", NETWORKING):
        address = service_address(qualified(text(mapping(rule.data.get("spec")).get("host")), rule.namespace))
        service = cluster.get("Service", *address) if address else None
        wanted = mapping(mapping(service.data.get("spec")).get("selector")) if service else {}
        if service is None or not wanted or made_by_operator(wanted):
            continue
        pods = pods_selected(cluster, service.namespace, {"matchLabels": wanted})
        if not pods or not all(each.known.pods is not None for each in pods):
            continue
        known = [labels for each, labels in cluster.pods(service.namespace) if each in pods]
        yield from _subsets(rule, service, known)


def _subsets(rule: Subject, service: Subject, pods: list[Mapping[str, Any]]) -> Iterator[Found]:
    for path, subset in members(rule.data, "spec", "subsets", EACH):
        labels = mapping(mapping(subset).get("labels"))
        if any(key in _HASHES or key.startswith(_WRITTEN) for key in labels):
            continue
        if not any(matches({"matchLabels": labels}, each) for each in pods):
            name = text(mapping(subset).get("name"))
            message = f'the subset "{name}" of {rule} has no pods: none of {service} has its labels'
            yield rule.found((*path, "labels"), message, "use labels of the pod templates")
