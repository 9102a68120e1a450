"""A route to a port that its host does not have.

What it finds:
    A destination of a VirtualService with a port number that neither the Service nor the ServiceEntry of its
    host declares.

Why:
    Requests on that route get 503: the proxy knows no such cluster.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: gateway, namespace: payment}
    spec:
      hosts: [gateway]
      http: [{route: [{destination: {host: gateway, port: {number: 8080}}}]}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec: {ports: [{name: http, port: 80}]}

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: gateway, namespace: payment}
    spec:
      hosts: [gateway]
      http: [{route: [{destination: {host: gateway, port: {number: 80}}}]}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec: {ports: [{name: http, port: 80}]}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import ports, servers
from gitopsgen.check.istio.routes import destinations
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import listed

RULE = Rule("GG703", "unknown-destination-port", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report destinations whose port is not there."""
    for route, field, host, _, port in destinations(cluster):
        known = {number for server in servers(cluster, host) for number in ports(server)}
        if port is not None and known and port not in known:
            message = f'{route} leads to port {port} of "{host}", expected one of {listed(sorted(known))}'
            yield route.found((*field, "port", "number"), message)
