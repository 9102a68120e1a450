"""A ServiceEntry whose hosts cannot be resolved in its way.

What it finds:
    Hosts with a wildcard, and no endpoints, to be resolved by DNS; in a ServiceEntry of DYNAMIC_DNS a host without a
    wildcard, addresses, endpoints, or another protocol than HTTP, HTTP2, GRPC and TLS; several hosts behind a port by
    whose protocol they cannot be told apart.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec:
      hosts: ["*.bank.example.com"]
      resolution: DNS
      ports: [{number: 443, name: tls, protocol: TLS}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec:
      hosts: ["*.bank.example.com"]
      resolution: NONE
      ports: [{number: 443, name: tls, protocol: TLS}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.istio.grammar import OVER_HTTP, OVER_TLS, domain
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule(
    "GG575",
    "contradictory-resolution",
    Severity.ERROR,
    on=of_kind("ServiceEntry.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_DYNAMIC: Final = frozenset({"http", "http2", "grpc", "tls"})


def check(subject: Subject) -> Iterator[Found]:
    """Report hosts, endpoints and ports that contradict the resolution."""
    spec = mapping(subject.data.get("spec"))
    resolution = text(spec.get("resolution")) or "NONE"
    hosts = list(map(text, sequence(spec.get("hosts"))))
    if resolution in {"DNS", "DNS_ROUND_ROBIN"} and not spec.get("endpoints"):
        for index, host in enumerate(hosts):
            if expected := domain(host):
                message = f'{subject} asks DNS for "{host}", expected {expected}, or endpoints'
                yield subject.found(("spec", "hosts", index), message)
    if resolution == "DYNAMIC_DNS":
        yield from _dynamic(subject, spec, hosts)
    for index, port in enumerate(sequence(spec.get("ports"))):
        protocol = text(mapping(port).get("protocol"))
        if len(hosts) > 1 and resolution != "NONE" and protocol.lower() not in OVER_HTTP | OVER_TLS:
            found = protocol or "no protocol"
            message = f"{subject} has {len(hosts)} hosts behind a port of {found}, expected HTTP or TLS, or one host"
            yield subject.found(("spec", "ports", index), message)


def _dynamic(subject: Subject, spec: Mapping[str, Any], hosts: list[str]) -> Iterator[Found]:
    for index, host in enumerate(hosts):
        if not host.startswith("*"):
            message = f'{subject} resolves "{host}" by DYNAMIC_DNS, expected a host that begins with "*"'
            yield subject.found(("spec", "hosts", index), message)
    for name in ("addresses", "endpoints"):
        if spec.get(name):
            yield subject.found(("spec", name), f"{subject} has {name} beside DYNAMIC_DNS, expected none")
    for index, port in enumerate(sequence(spec.get("ports"))):
        protocol = text(mapping(port).get("protocol"))
        if protocol.lower() not in _DYNAMIC:
            found = protocol or "no protocol"
            message = f"{subject} has a port of {found} beside DYNAMIC_DNS, expected HTTP, HTTP2, GRPC or TLS"
            yield subject.found(("spec", "ports", index), message)
