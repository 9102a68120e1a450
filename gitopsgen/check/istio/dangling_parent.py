"""A route that no gateway takes.

What it finds:
    A `parentRefs` entry of an HTTPRoute or GRPCRoute whose Gateway no manifest describes, or whose
    `sectionName` is no listener of it. Namespaces that no manifest describes are left alone.

Why:
    The route is never attached: requests get 404.

Example:
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: gateway, namespace: payment}
    spec:
      parentRefs: [{name: edge, sectionName: http}]
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: payment}
    spec:
      gatewayClassName: istio
      listeners: [{name: https, port: 443, protocol: HTTPS}]

Instead:
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: gateway, namespace: payment}
    spec:
      parentRefs: [{name: edge, sectionName: https}]
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: payment}
    spec:
      gatewayClassName: istio
      listeners: [{name: https, port: 443, protocol: HTTPS}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.routes import GATEWAY_API, routes
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed, suggestion

RULE = Rule("GG705", "dangling-parent", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report routes that are attached to nothing."""
    for route in routes(cluster):
        for field, reference in members(route.data, "spec", "parentRefs", EACH):
            yield from _judge(cluster, route, field, mapping(reference))


def _judge(cluster: Cluster, route: Subject, field: Path, reference: Mapping[str, Any]) -> Iterator[Found]:
    name, namespace = text(reference.get("name")), text(reference.get("namespace")) or route.namespace
    if text(reference.get("kind")) not in {"", "Gateway"} or namespace not in cluster.namespaces:
        return
    gateway = cluster.get("Gateway", name, namespace, GATEWAY_API)
    section = text(reference.get("sectionName"))
    if gateway is None:
        known = [other.name for other in cluster.of("Gateway", GATEWAY_API) if other.namespace == namespace]
        message = f'{route} is attached to the Gateway "{namespace}/{name}", which no manifest describes'
        yield route.found((*field, "name"), message, suggestion(name, known))
    elif section and section not in _listeners(gateway):
        message = f'{route} is attached to the listener "{section}", expected one of {listed(_listeners(gateway))}'
        yield route.found((*field, "sectionName"), message)


def _listeners(gateway: Subject) -> list[str]:
    return [text(name) for _, name in members(gateway.data, "spec", "listeners", EACH, "name")]
