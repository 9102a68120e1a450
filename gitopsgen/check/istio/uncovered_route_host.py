"""A VirtualService bound to a gateway that takes none of its hosts.

What it finds:
    A VirtualService none of whose hosts a server of one of its Gateways has, for the namespace of the VirtualService.

Why:
    The routes are never used there: the gateway answers 404. `istioctl analyze` says IST0132.

Example:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: payment}
    spec:
      selector: {istio: ingressgateway}
      servers: [{hosts: ["*.example.com"], port: {number: 80, name: http, protocol: HTTP}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec: {hosts: [pay.example.org], gateways: [edge], http: [{directResponse: {status: 204}}]}

Instead:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: payment}
    spec:
      selector: {istio: ingressgateway}
      servers: [{hosts: ["*.example.com"], port: {number: 80, name: http, protocol: HTTP}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec: {hosts: [pay.example.com], gateways: [edge], http: [{directResponse: {status: 204}}]}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.istio.visibility import overlap
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import listed

RULE = Rule("GG733", "uncovered-route-host", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report gateways that take no host of the route."""
    for route in cluster.of("VirtualService", NETWORKING):
        spec = mapping(route.data.get("spec"))
        hosts = [text(host) for host in sequence(spec.get("hosts"))]
        for index, entry in enumerate(sequence(spec.get("gateways"))):
            namespace, _, name = text(entry).rpartition("/")
            namespace = route.namespace if namespace in {"", "."} else namespace
            gateway = cluster.get("Gateway", name, namespace, NETWORKING)
            if gateway is None or not hosts:
                continue
            taken = _taken(gateway, route.namespace)
            if not any(overlap(one, other) for one in taken for other in hosts):
                message = f"{route} is bound to {gateway}, which takes {listed(taken) or 'no host'} of its namespace"
                yield route.found(("spec", "gateways", index), message, "add the host to a server of the Gateway")


def _taken(gateway: Subject, namespace: str) -> list[str]:
    """Give the hosts that a Gateway takes from VirtualServices of a namespace."""
    found: dict[str, None] = {}
    for _, entry in members(gateway.data, "spec", "servers", EACH, "hosts", EACH):
        scope, slash, host = text(entry).rpartition("/")
        scope = gateway.namespace if scope == "." else scope
        if not slash or scope in {"*", namespace}:
            found[host] = None
    return list(found)
