"""A port of a container that cannot be, or clashes with another.

What it finds:
    Port names that are none (lower-case letters, digits and single hyphens, with a letter), a name twice in one
    container, a `hostPort` twice in one pod, or other than the container's port where the pod is in the network
    of its node.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          image: registry.example.com/ledger
          ports: [{name: HTTP, containerPort: 80}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          image: registry.example.com/ledger
          ports: [{name: http, containerPort: 80}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.kubernetes.lenience import validated
from gitopsgen.check.names import port
from gitopsgen.check.pods import containers, pod_spec
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG448", "malformed-port", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report names and host ports that the server does not take."""
    for path, container in containers(subject):
        yield from map(validated, _names(subject, path, sequence(container.get("ports"))))
    yield from map(validated, _host_ports(subject))


def _names(subject: Subject, path: Path, ports: list[Any]) -> Iterator[Found]:
    seen: set[str] = set()
    for index, one in enumerate(ports):
        name = text(mapping(one).get("name"))
        where = (*path, "ports", index, "name")
        if name and (expected := port(name)):
            yield subject.found(where, f'the port name "{name}" must be {expected}')
        elif name in seen:
            yield subject.found(where, f'two ports of one container are named "{name}"')
        seen |= {name} - {""}


def _host_ports(subject: Subject) -> Iterator[Found]:
    is_host = pod_spec(subject).get("hostNetwork") is True
    seen: set[tuple[str, str, str]] = set()
    for path, container in containers(subject):
        if path[-2] != "containers":
            continue
        for index, one in enumerate(map(mapping, sequence(container.get("ports")))):
            number, wanted = _numbers(one, is_host=is_host)
            where = (*path, "ports", index, "hostPort")
            key = (text(one.get("protocol")) or "TCP", text(one.get("hostIP")), str(number))
            if is_host and number != wanted:
                message = f"hostPort is {number}, expected {wanted} as containerPort, in the network of the node"
                yield subject.found(where, message, "remove hostPort, or hostNetwork")
            elif number and key in seen:
                yield subject.found(where, f"two containers want port {number} ({key[0]}) of the node")
            seen.add(key)


def _numbers(one: Mapping[str, Any], *, is_host: bool) -> tuple[Any, Any]:
    """Give the port of the node, and that of the container."""
    wanted = one.get("containerPort")
    return one.get("hostPort") or (wanted if is_host else 0), wanted
