"""Ports of a Service that its API does not allow.

What it finds:
    A Service without ports that is neither headless nor an ExternalName; one of several ports without a
    name, or with the name of another; a `targetPort` that is neither a port number nor the name of a port.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      ports:
        - {name: http, port: 80, targetPort: http}
        - {port: 9090, targetPort: "9090"}

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      ports:
        - {name: http, port: 80, targetPort: http}
        - {name: metrics, port: 9090, targetPort: 9090}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check import names
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG463",
    "malformed-service-port",
    Severity.ERROR,
    on=of_kind("Service"),
    is_shared=True,
    reads=frozenset({"targetPort"}),
    refused_by=API_SERVER,
)
_LAST_PORT = 65535


def check(subject: Subject) -> Iterator[Found]:
    """Report a Service without ports, and each port that is refused."""
    spec = mapping(subject.data.get("spec"))
    ports = sequence(spec.get("ports"))
    if not ports and not _goes_without(spec):
        message = f"{subject} has no ports, expected at least one"
        yield subject.found(("spec", "ports"), message, 'only a headless Service (clusterIP: "None") goes without')
    seen: set[str] = set()
    nodes: list[tuple[Any, Any]] = []
    for index, each in enumerate(ports):
        port, path = mapping(each), ("spec", "ports", index)
        name = text(port.get("name"))
        if not name and len(ports) > 1:
            message = f"port {port.get('port')} of {subject} has no name, expected one where there are several ports"
            yield subject.found(path, message, "name it after its protocol, such as http or grpc")
        elif name and name in seen:
            yield subject.found((*path, "name"), f'two ports of {subject} are called "{name}", expected one')
        seen.add(name)
        on_nodes = (port.get("nodePort"), port.get("protocol") or "TCP")
        if on_nodes[0] and on_nodes in nodes:
            message = f"two ports of {subject} have the nodePort {on_nodes[0]}, expected one"
            yield subject.found((*path, "nodePort"), message, "leave one out, and the server picks one")
        nodes.append(on_nodes)
        yield from _target(subject, port.get("targetPort"), (*path, "targetPort"))
        protocol = port.get("appProtocol")
        expected = names.label_key(protocol) if isinstance(protocol, str) else ""
        if expected:
            yield subject.found((*path, "appProtocol"), f'the protocol "{protocol}" must be {expected}')


def _goes_without(spec: Mapping[str, Any]) -> bool:
    is_headless = spec.get("clusterIP") == "None" or "None" in sequence(spec.get("clusterIPs"))
    return is_headless or spec.get("type") == "ExternalName"


def _target(subject: Subject, target: Any, path: Path) -> Iterator[Found]:
    if isinstance(target, str) and target:
        expected = names.port_name(target)
        hint = "write the number without quotes" if target.isdecimal() else ""
        if expected:
            yield subject.found(path, f'the target port "{target}" must be a number, or {expected}', hint)
    elif isinstance(target, int) and target and not 1 <= target <= _LAST_PORT:
        yield subject.found(path, f"the target port is {target}, expected 1 to {_LAST_PORT}")
