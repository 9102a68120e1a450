"""A Gateway or Sidecar that serves nothing.

What it finds:
    A Gateway without servers, a server or an egress listener without hosts, an ingress listener without a port, and a
    Sidecar that says nothing.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {istio: ingressgateway}
      servers: []

Instead:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {istio: ingressgateway}
      servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [pay.example.com]}]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule(
    "GG566",
    "empty-listener",
    Severity.ERROR,
    on=of_kind("Gateway.networking.istio.io", "Sidecar.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_CONTENTS: Final = ("egress", "ingress")
_SETTINGS: Final = ("outboundTrafficPolicy", "inboundConnectionPool")


def check(subject: Subject) -> Iterator[Found]:
    """Report what serves nothing."""
    spec = mapping(subject.data.get("spec"))
    if subject.known.name == "Gateway":
        if not spec.get("servers"):
            yield subject.found(("spec", "servers"), f"{subject} has no servers, expected one or more")
    elif not any(spec.get(name) for name in _CONTENTS) and all(spec.get(name) is None for name in _SETTINGS):
        wanted = "ingress, egress, outboundTrafficPolicy or inboundConnectionPool"
        yield subject.found(("spec",), f"{subject} says nothing, expected {wanted}")
    yield from _listeners(subject)


def _listeners(subject: Subject) -> Iterator[Found]:
    for side in ("servers", "egress"):
        for path, server in members(subject.data, "spec", side, EACH):
            if not mapping(server).get("hosts"):
                yield subject.found(path, f"a listener of {subject} has no hosts, expected one or more")
    for path, listener in members(subject.data, "spec", "ingress", EACH):
        if mapping(listener).get("port") is None:
            yield subject.found(path, f"an ingress listener of {subject} has no port, expected one")
