"""A route to a Service or port that does not exist.

What it finds:
    A `backendRefs` or mirror entry of a route of the Gateway API, or a backend of an Ingress, whose Service no manifest
    describes, or whose port the Service does not have. Namespaces that no manifest describes are left alone.

Why:
    The gateway answers 500 or 503 for that route.

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
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import ports
from gitopsgen.check.istio.routes import backends
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed, suggestion

_INGRESS: Final = (("defaultBackend", "service"), ("rules", EACH, "http", "paths", EACH, "backend", "service"))
RULE = Rule("GG704", "dangling-backend", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report backends that are not there."""
    for route, field, reference in backends(cluster):
        yield from _judge(cluster, route, field, reference)
    for ingress in cluster.of("Ingress", "networking.k8s.io"):
        for steps in _INGRESS:
            for field, backend in members(ingress.data, "spec", *steps):
                yield from _judge_ingress(cluster, ingress, field, mapping(backend))


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


def _judge_ingress(cluster: Cluster, ingress: Subject, field: Path, backend: Mapping[str, Any]) -> Iterator[Found]:
    """Judge a backend that names its port by number or by name."""
    port = mapping(backend.get("port"))
    yield from _judge(cluster, ingress, field, {"name": backend.get("name"), "port": port.get("number")})
    service, name = cluster.get("Service", text(backend.get("name")), ingress.namespace), text(port.get("name"))
    if service is not None and name:
        known = [text(entry) for _, entry in members(service.data, "spec", "ports", EACH, "name")]
        if name not in known:
            message = f'{ingress} leads to the port "{name}" of {service}, expected {listed(known) or "a number"}'
            yield ingress.found((*field, "port", "name"), message, suggestion(name, known))
