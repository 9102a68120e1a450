"""A slice of endpoints without addresses, or with some that cannot be.

What it finds:
    An endpoint without an address, with one that is not of the slice's type, or with more than a hundred; ports whose
    name is no name or is taken twice.

Why:
    The API server refuses the object.

Example:
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: bank, namespace: payment}
    addressType: IPv4
    endpoints: [{addresses: []}]

Instead:
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: bank, namespace: payment}
    addressType: IPv4
    endpoints: [{addresses: [10.20.0.7]}]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG440",
    "malformed-endpoint",
    Severity.ERROR,
    on=of_kind("EndpointSlice.discovery.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_MOST: Final = 100


def check(subject: Subject) -> Iterator[Found]:
    """Report endpoints and ports that are refused."""
    for index, one in enumerate(sequence(subject.data.get("endpoints"))):
        addresses = mapping(one).get("addresses")
        path: Path = ("endpoints", index, "addresses")
        if isinstance(addresses, list) and not 1 <= len(addresses) <= _MOST:
            message = f"an endpoint of {subject} has {len(addresses)} addresses, expected 1 to {_MOST}"
            yield subject.found(path, message)
    yield from _ports(subject, sequence(subject.data.get("ports")))


def _ports(subject: Subject, ports: list[Any]) -> Iterator[Found]:
    seen: set[str] = set()
    for index, port in enumerate(map(mapping, ports)):
        name = text(port.get("name"))
        if name and (expected := names.dns_label(name)):
            yield subject.found(("ports", index, "name"), f'the port "{name}" must be {expected}')
        elif name in seen:
            yield subject.found(("ports", index, "name"), f'two ports are called "{name}", expected one')
        seen.add(name)
