"""A port of a Gateway that no Service leads to.

What it finds:
    A server of a Gateway on a port that is neither `port` nor `targetPort` of any Service of its pods.

Why:
    The proxy listens there, and nobody outside of the cluster reaches it. `istioctl analyze` says IST0162.

Example:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {app: edge}
      servers: [{hosts: ["*"], port: {number: 8443, name: https, protocol: HTTP}}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: edge, namespace: ingress}
    spec: {selector: {app: edge}, ports: [{name: https, port: 443, targetPort: 9443}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: edge, namespace: ingress, labels: {app: edge}}
    spec: {containers: []}

Instead:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {app: edge}
      servers: [{hosts: ["*"], port: {number: 9443, name: https, protocol: HTTP}}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: edge, namespace: ingress}
    spec: {selector: {app: edge}, ports: [{name: https, port: 443, targetPort: 9443}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: edge, namespace: ingress, labels: {app: edge}}
    spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.gateways import carriers, servers
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.schemas.wording import listed

RULE = Rule("GG739", "unserved-gateway-port", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report ports of Gateways that are not reached."""
    known: dict[int, set[int]] = {}
    for gateway, path, server in servers(cluster):
        if id(gateway) not in known:
            known[id(gateway)] = _reached(cluster, gateway)
        number = mapping(server.get("port")).get("number")
        reached = known[id(gateway)]
        if reached and isinstance(number, int) and number not in reached:
            message = f"{gateway} listens on port {number}, to which no Service of its pods leads"
            hint = f"its Services have {listed(sorted(reached))}"
            yield gateway.found((*path, "port", "number"), message, hint)


def _reached(cluster: Cluster, gateway: Subject) -> set[int]:
    """Give the ports of the Services of the pods; none where no Service of them, or a port's name only, is known."""
    found: set[int] = set()
    for pods, labels in carriers(cluster, gateway):
        for service in cluster.of("Service"):
            wanted = mapping(mapping(service.data.get("spec")).get("selector"))
            if service.namespace != pods.namespace or not wanted or not matches({"matchLabels": wanted}, labels):
                continue
            for _, entry in members(service.data, "spec", "ports", EACH):
                ports = (mapping(entry).get("port"), mapping(entry).get("targetPort"))
                if isinstance(ports[1], str):
                    return set()
                found |= {port for port in ports if isinstance(port, int)}
    return found
