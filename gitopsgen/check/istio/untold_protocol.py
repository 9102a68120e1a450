"""A port of a Service in the mesh that does not say its protocol.

What it finds:
    In a Namespace of the mesh: ports of Services without `appProtocol` whose name does not begin with a protocol that
    Istio knows (`http`, `grpc`, `tcp`…), and ports called `tcp` of Services of the type ExternalName.

Why:
    The proxy guesses: what is not seen to be HTTP is passed on as bytes, without retries, routes and metrics of
    requests. `istioctl analyze` says IST0118 and IST0150.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio-injection: enabled}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pay, namespace: payment}
    spec: {ports: [{name: api, port: 80}]}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio-injection: enabled}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pay, namespace: payment}
    spec: {ports: [{name: http-api, port: 80}]}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import PROTOCOLS
from gitopsgen.check.istio.sidecars import namespace_labels
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG746", "untold-protocol", Severity.INFO, is_shared=True)
_OF_KUBERNETES: Final = frozenset({"kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss"})
# Taken for TCP whatever their names: SMTP, DNS, MySQL, MongoDB.
_KNOWN_PORTS: Final = (25, 53, 3306, 27017)
_MESHED: Final = ("istio-injection", "istio.io/rev", "istio.io/dataplane-mode")
_OUTSIDE: Final = frozenset({"", "disabled", "none"})
_MANAGED: Final = "gateway.istio.io/managed"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report ports whose protocol the mesh has to guess."""
    for service in cluster.of("Service"):
        namespace = namespace_labels(cluster, service)
        if not any(text(namespace.get(label)) not in _OUTSIDE for label in _MESHED) or _is_of_istio(service):
            continue
        is_external = mapping(service.data.get("spec")).get("type") == "ExternalName"
        for path, found in members(service.data, "spec", "ports", EACH):
            port = mapping(found)
            if is_external and port.get("name") == "tcp":
                message = f"{service} is another name for a host, and its port is called tcp: it takes all traffic"
                yield Found(service, path, message, "call it by its protocol", Severity.WARNING)
            elif not _is_told(port):
                told = text(port.get("appProtocol")) or text(port.get("name"))
                message = f'the port "{told}" of {service} says no protocol that the mesh knows, which it then guesses'
                yield service.found(path, message, "set appProtocol, or begin its name with http-, grpc-, tcp-…")


def _is_told(port: Mapping[str, Any]) -> bool:
    asked = port.get("appProtocol")
    name = text(asked) if asked is not None else text(port.get("name"))
    first = name.lower().partition("-")[0]
    is_known = name in _OF_KUBERNETES or name.lower().startswith("grpc-web") or first in PROTOCOLS
    return is_known or port.get("protocol") == "UDP" or port.get("port") in _KNOWN_PORTS


def _is_of_istio(service: Subject) -> bool:
    labels = mapping(service.metadata.get("labels"))
    return "istio" in labels or labels.get("release") == "istio" or _MANAGED in labels
