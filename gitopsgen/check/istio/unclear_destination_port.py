"""A route to a host of several ports that does not say which.

What it finds:
    A destination of a VirtualService without `port`, whose Service or ServiceEntry has more than one port.

Why:
    The mesh cannot know the port, and answers 503. `istioctl analyze` says IST0112.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec: {hosts: [pay], http: [{route: [{destination: {host: pay}}]}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pay, namespace: payment}
    spec: {ports: [{name: http, port: 80}, {name: grpc, port: 9090}]}

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec: {hosts: [pay], http: [{route: [{destination: {host: pay, port: {number: 80}}}]}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pay, namespace: payment}
    spec: {ports: [{name: http, port: 80}, {name: grpc, port: 9090}]}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import ports, servers
from gitopsgen.check.istio.routes import destinations
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import listed

RULE = Rule("GG732", "unclear-destination-port", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report destinations that leave the port open."""
    for route, field, host, _, port in destinations(cluster):
        if port is not None:
            continue
        known = servers(cluster, host)
        services = [server for server in known if server.known.name == "Service"]
        choices = [ports(server) for server in services or known]
        if choices and all(len(each) > 1 for each in choices):
            numbers = sorted(choices[0])
            message = f'{route} leads to "{host}" without a port, expected one of {listed(numbers)}'
            yield route.found(field, message, f"port: {{number: {numbers[0]}}}")
