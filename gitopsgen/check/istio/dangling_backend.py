"""A route of the Gateway API to a Service or port that does not exist.

What it finds:
    A `backendRefs` or mirror entry of an HTTPRoute or GRPCRoute whose Service no manifest describes, or whose
    port the Service does not have. Namespaces that no manifest describes are left alone.

Why:
    The gateway answers 500 for that route.

Example:
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: gateway, namespace: payment}
    spec:
      rules: [{backendRefs: [{name: gateway, port: 8080}]}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec: {ports: [{name: http, port: 80}]}

Instead:
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: gateway, namespace: payment}
    spec:
      rules: [{backendRefs: [{name: gateway, port: 80}]}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec: {ports: [{name: http, port: 80}]}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import ports
from gitopsgen.check.istio.routes import backends
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed, suggestion

RULE = Rule("GG704", "dangling-backend", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report backends that are not there."""
    for route, field, reference in backends(cluster):
        yield from _judge(cluster, route, field, reference)


def _judge(cluster: Cluster, route: Subject, field: Path, reference: Mapping[str, Any]) -> Iterator[Found]:
    name, namespace = text(reference.get("name")), text(reference.get("namespace")) or route.namespace
    is_service = text(reference.get("kind")) in {"", "Service"} and not reference.get("group")
    if not (name and is_service and namespace in cluster.namespaces):
        return
    service = cluster.get("Service", name, namespace)
    port = reference.get("port")
    if service is None:
        known = [other.name for other in cluster.of("Service") if other.namespace == namespace]
        message = f'{route} leads to the Service "{namespace}/{name}", which no manifest describes'
        yield route.found((*field, "name"), message, suggestion(name, known))
    elif isinstance(port, int) and port not in ports(service):
        message = f"{route} leads to port {port} of {service}, expected one of {listed(sorted(ports(service)))}"
        yield route.found((*field, "port"), message)
