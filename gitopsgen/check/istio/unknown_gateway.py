"""A VirtualService bound to a gateway that does not exist.

What it finds:
    An entry of `gateways` that no Gateway of Istio with this name describes. `mesh` stands for all sidecars;
    namespaces that no manifest describes are left alone.

Why:
    The routes never reach the edge: requests get 404.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: gateway, namespace: payment}
    spec:
      hosts: [pay.example.com]
      gateways: [edge]
      http: [{directResponse: {status: 204}}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: gateway, namespace: payment}
    spec:
      hosts: [pay.example.com]
      gateways: [edge]
      http: [{directResponse: {status: 204}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: payment}
    spec:
      selector: {istio: ingressgateway}
      servers: [{hosts: [pay.example.com], port: {number: 443, name: https, protocol: HTTPS}}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG706", "unknown-gateway", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report gateways that are not there."""
    for route in cluster.of("VirtualService", NETWORKING):
        for index, entry in enumerate(sequence(mapping(route.data.get("spec")).get("gateways"))):
            namespace, _, name = text(entry).rpartition("/")
            namespace = route.namespace if namespace in {"", "."} else namespace
            if not name or name == "mesh" or namespace not in cluster.namespaces:
                continue
            if cluster.get("Gateway", name, namespace, NETWORKING) is None:
                known = [other.name for other in cluster.of("Gateway", NETWORKING) if other.namespace == namespace]
                message = f'{route} is bound to the gateway "{namespace}/{name}", which no manifest describes'
                yield route.found(("spec", "gateways", index), message, suggestion(name, known))
