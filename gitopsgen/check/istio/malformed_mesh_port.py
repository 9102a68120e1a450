"""A port of the mesh that cannot be.

What it finds:
    In a VirtualService, Gateway, ServiceEntry, Sidecar, DestinationRule or WorkloadEntry: a number outside of 1 to
    65535, a name that is no DNS label, a protocol that Istio does not know, a port of a Gateway without a name, names
    and numbers that stand twice.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec:
      hosts: [bank.example.com]
      resolution: DNS
      ports: [{number: 443, name: https, protocol: SSL}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec:
      hosts: [bank.example.com]
      resolution: DNS
      ports: [{number: 443, name: https, protocol: TLS}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import DNS_LABEL, PORT, PROTOCOLS, is_label, is_port
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed

_KINDS: Final = ("VirtualService", "DestinationRule", "ServiceEntry", "Gateway", "Sidecar", "WorkloadEntry")
RULE = Rule(
    "GG541",
    "malformed-mesh-port",
    Severity.ERROR,
    on=of_kind(*(f"{kind}.networking.istio.io" for kind in _KINDS)),
    is_shared=True,
    refused_by=MESH,
)
# Where a number stands, alone or under `number`; the flag says that zero means none.
_NUMBERS: Final = {
    "VirtualService": (
        (("http", EACH, "match", EACH, "port"), True),
        (("tls", EACH, "match", EACH, "port"), True),
        (("tcp", EACH, "match", EACH, "port"), True),
        (("http", EACH, "redirect", "port"), True),
        (("http", EACH, "route", EACH, "destination", "port"), False),
        (("http", EACH, "mirrors", EACH, "destination", "port"), False),
        (("http", EACH, "mirror", "port"), False),
        (("tls", EACH, "route", EACH, "destination", "port"), False),
        (("tcp", EACH, "route", EACH, "destination", "port"), False),
    ),
    "DestinationRule": (
        (("trafficPolicy", "tunnel", "targetPort"), False),
        (("subsets", EACH, "trafficPolicy", "tunnel", "targetPort"), False),
    ),
    "ServiceEntry": ((("ports", EACH, "targetPort"), True),),
}
_UNIX: Final = "unix://"


def check(subject: Subject) -> Iterator[Found]:
    """Report ports that are refused."""
    kind = subject.known.name
    for steps, is_optional in _NUMBERS.get(kind, ()):
        for path, number in members(subject.data, "spec", *steps):
            if isinstance(number, dict):
                yield from _number(subject, (*path, "number"), number.get("number", 0))
            elif not (is_optional and number == 0):
                yield from _number(subject, path, number)
    if kind in _BY_KIND:
        yield from _BY_KIND[kind](subject)


def _entry(subject: Subject) -> Iterator[Found]:
    ports = [(path, mapping(port)) for path, port in members(subject.data, "spec", "ports", EACH)]
    for path, port in ports:
        yield from _name(subject, path, text(port.get("name")))
        yield from _protocol(subject, path, port)
        yield from _number(subject, (*path, "number"), port.get("number", 0))
    yield from _twice(subject, ports, "name")
    yield from _twice(subject, ports, "number")
    if text(mapping(subject.data.get("spec")).get("resolution")) in {"", "NONE", "DYNAMIC_DNS"}:
        return  # such an entry can have no endpoints, which is a matter of its own
    known = {text(port.get("name")) for _, port in ports}
    for path, own in members(subject.data, "spec", "endpoints", EACH, "ports"):
        yield from _endpoint(subject, path, mapping(own))
        for name in sorted(set(mapping(own)) - known):
            message = f'an endpoint of {subject} has the port "{name}", expected one of {listed(sorted(known))}'
            yield subject.found((*path, name), message)


def _workload(subject: Subject) -> Iterator[Found]:
    yield from _endpoint(subject, ("spec", "ports"), mapping(mapping(subject.data.get("spec")).get("ports")))


def _endpoint(subject: Subject, path: Path, ports: Mapping[str, Any]) -> Iterator[Found]:
    for name, number in ports.items():
        if not is_label(name):
            yield subject.found((*path, name), f'the port name "{name}" of {subject} must be {DNS_LABEL}')
        yield from _number(subject, (*path, name), number)


def _gateway(subject: Subject) -> Iterator[Found]:
    ports = []
    for path, server in members(subject.data, "spec", "servers", EACH):
        port = mapping(mapping(server).get("port"))
        where = (*path, "port")
        ports.append((where, port))
        if not port.get("name"):
            yield subject.found(where, f"a port of {subject} has no name, expected one")
        if text(port.get("protocol")).lower() not in PROTOCOLS:
            yield from _protocol(subject, where, {"protocol": "none", **port})
        is_socket = text(mapping(server).get("bind")).startswith(_UNIX) and not port.get("number")
        if not is_socket:
            yield from _number(subject, (*where, "number"), port.get("number", 0))
        yield from _target(subject, where, port)
    yield from _twice(subject, ports, "name")


def _sidecar(subject: Subject) -> Iterator[Found]:
    for side in ("ingress", "egress"):
        ports = [(path, mapping(port)) for path, port in members(subject.data, "spec", side, EACH, "port")]
        for path, port in ports:
            if port.get("name"):
                yield from _name(subject, path, text(port.get("name")))
            yield from _protocol(subject, path, port)
            if side == "ingress" or port.get("number"):
                yield from _number(subject, (*path, "number"), port.get("number", 0))
            yield from _target(subject, path, port)
        yield from _twice(subject, [one for one in ports if side == "ingress" or one[1].get("number")], "number")


def _target(subject: Subject, path: Path, port: Mapping[str, Any]) -> Iterator[Found]:
    if isinstance(port.get("targetPort"), int) and port["targetPort"] > 0:
        yield subject.found((*path, "targetPort"), f"a port of {subject} has a targetPort, which means nothing here")


def _number(subject: Subject, path: Path, number: Any) -> Iterator[Found]:
    if not is_port(number):
        yield subject.found(path, f"a port of {subject} is {number}, expected {PORT}")


def _name(subject: Subject, path: Path, name: str) -> Iterator[Found]:
    if not is_label(name):
        yield subject.found((*path, "name"), f'the port name "{name}" of {subject} must be {DNS_LABEL}')


def _protocol(subject: Subject, path: Path, port: Mapping[str, Any]) -> Iterator[Found]:
    protocol = text(port.get("protocol"))
    if protocol and protocol.lower() not in PROTOCOLS:
        message = f'a port of {subject} has the protocol "{protocol}", expected one of {listed(sorted(PROTOCOLS))}'
        yield subject.found((*path, "protocol"), message)


def _twice(subject: Subject, ports: list[tuple[Path, Mapping[str, Any]]], field: str) -> Iterator[Found]:
    seen: set[Any] = set()
    for path, port in ports:
        value = port.get(field)
        if isinstance(value, (str, int)):
            if value in seen:
                yield subject.found((*path, field), f'two ports of {subject} have the {field} "{value}"')
            seen.add(value)


_BY_KIND: Final = {"Gateway": _gateway, "ServiceEntry": _entry, "Sidecar": _sidecar, "WorkloadEntry": _workload}
