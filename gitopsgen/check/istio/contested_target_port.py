"""Services that lead to one port of the same pods in different ways.

What it finds:
    Workloads with a sidecar whose Services have different ports for one `targetPort`, or TCP and UDP on one port.

Why:
    A sidecar has one listener a port, so that the protocol and the policies of one of the Services count for both.
    `istioctl analyze` says IST0116 and IST0137.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: pay, namespace: payment}
    spec: {selector: {app: pay}, ports: [{name: http, port: 80, targetPort: 8080}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pay-bytes, namespace: payment}
    spec: {selector: {app: pay}, ports: [{name: tcp, port: 9000, targetPort: 8080}]}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: pay, namespace: payment}
    spec:
      selector: {matchLabels: {app: pay}}
      template:
        metadata: {labels: {app: pay, sidecar.istio.io/inject: "true"}}
        spec: {containers: []}

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: pay, namespace: payment}
    spec: {selector: {app: pay}, ports: [{name: http, port: 80, targetPort: 8080}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pay-bytes, namespace: payment}
    spec: {selector: {app: pay}, ports: [{name: tcp, port: 9000, targetPort: 9000}]}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: pay, namespace: payment}
    spec:
      selector: {matchLabels: {app: pay}}
      template:
        metadata: {labels: {app: pay, sidecar.istio.io/inject: "true"}}
        spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.sidecars import has_sidecar, namespace_labels
from gitopsgen.check.pods import pod_labels
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule("GG749", "contested-target-port", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report ports of Services that an earlier Service of the same pods contradicts."""
    said: set[tuple[int, Path]] = set()
    services: dict[str, list[Subject]] = {}
    for service in cluster.of("Service"):
        services.setdefault(service.namespace, []).append(service)
    for pods in cluster.workloads():
        if not has_sidecar(pods, namespace_labels(cluster, pods)):
            continue
        labels = pod_labels(pods)
        targets: dict[str, tuple[Any, Subject]] = {}
        protocols: dict[str, tuple[Any, Subject]] = {}
        for service, path, port in _ports(services.get(pods.namespace, []), labels):
            number, protocol = port.get("port"), port.get("protocol", "TCP")
            target = str(port.get("targetPort") or number)
            first, of = targets.setdefault(target, (number, service))
            spoken, by = protocols.setdefault(str(number), (protocol, service))
            if (id(service), path) in said:
                continue
            if first != number:
                message = f"port {number} of {service} leads to {target} of {pods}, as port {first} of {of} does"
            elif spoken != protocol:
                message = f"port {number} of {service} is {protocol}, but it is {spoken} of {by}, of the same pods"
            else:
                continue
            said.add((id(service), path))
            yield service.found(path, message, "give each a port of its own in the pods")


def _ports(services: list[Subject], labels: Mapping[str, Any]) -> Iterator[tuple[Subject, Path, Mapping[str, Any]]]:
    for service in services:
        wanted = mapping(mapping(service.data.get("spec")).get("selector"))
        if wanted and matches({"matchLabels": wanted}, labels):
            for path, port in members(service.data, "spec", "ports", EACH):
                yield service, path, mapping(port)
