"""Two Gateways that have the same host on the same port of the same pods.

What it finds:
    Gateways with the same `selector` whose servers have a port, a `bind` and a host in common.

Why:
    One of the servers is dropped, and its TLS with it. `istioctl analyze` says IST0145.

Example:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: payment}
    spec:
      selector: {istio: ingressgateway}
      servers: [{hosts: [pay.example.com], port: {number: 80, name: http, protocol: HTTP}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: risk}
    spec:
      selector: {istio: ingressgateway}
      servers: [{hosts: [pay.example.com], port: {number: 80, name: http, protocol: HTTP}}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: payment}
    spec:
      selector: {istio: ingressgateway}
      servers: [{hosts: [pay.example.com], port: {number: 80, name: http, protocol: HTTP}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: risk}
    spec:
      selector: {istio: ingressgateway}
      servers: [{hosts: [risk.example.com], port: {number: 80, name: http, protocol: HTTP}}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.gateways import selector, servers
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule("GG737", "contested-gateway-server", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report hosts that an earlier Gateway has already."""
    taken: dict[tuple[str, str, str, str], Subject] = {}
    for gateway, path, server in servers(cluster):
        pods = str(sorted(selector(gateway).items()))
        port, bind = str(mapping(server.get("port")).get("number")), text(server.get("bind"))
        for index, host in enumerate(map(text, sequence(server.get("hosts")))):
            other = taken.setdefault((pods, port, bind, host), gateway)
            if str(other) != str(gateway):
                message = f'{gateway} has "{host}" on port {port} of the pods that {other} has it on'
                yield gateway.found((*path, "hosts", index), message, "keep the host in one Gateway")
