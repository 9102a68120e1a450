"""A peer or a port of a network policy that cannot be.

What it finds:
    A peer that says nothing, or a block of addresses and a selector at once; an `endPort` without a number before
    it, or below it; a port that is neither a number nor a name. Addresses are not judged: they differ in every city.

Why:
    The API server refuses the object.

Example:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: outside, namespace: payment}
    spec:
      podSelector: {}
      egress:
        - to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.42.0.0/16]}}]
          ports: [{port: https, endPort: 8443}]

Instead:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: outside, namespace: payment}
    spec:
      podSelector: {}
      egress:
        - to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.42.0.0/16]}}]
          ports: [{port: 8440, endPort: 8443}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG466",
    "malformed-network-policy",
    Severity.ERROR,
    on=of_kind("NetworkPolicy.networking.k8s.io"),
    is_shared=True,
    reads=frozenset({"port"}),
    refused_by=API_SERVER,
)
_LAST_PORT: Final = 65535


def check(subject: Subject) -> Iterator[Found]:
    """Report peers and ports that are refused."""
    spec = mapping(subject.data.get("spec"))
    if len(sequence(spec.get("policyTypes"))) > len(("Ingress", "Egress")):
        yield subject.found(("spec", "policyTypes"), f"{subject} has more than two policyTypes, expected each once")
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for index, entry in enumerate(sequence(spec.get(direction))):
            rule, path = mapping(entry), ("spec", direction, index)
            for at, peer in enumerate(sequence(rule.get(side))):
                yield from _peer(subject, peer, (*path, side, at))
            for at, port in enumerate(sequence(rule.get("ports"))):
                yield from _port(subject, mapping(port), (*path, "ports", at))


def _peer(subject: Subject, given: Any, path: Path) -> Iterator[Found]:
    peer = mapping(given)
    block = peer.get("ipBlock")
    is_selected = peer.get("podSelector") is not None or peer.get("namespaceSelector") is not None
    if block is None:
        if not is_selected:
            message = f"a peer of {subject} is empty, expected an ipBlock, a podSelector or a namespaceSelector"
            yield subject.found(path, message, "a podSelector: {} means all pods of the namespace")
        return
    if is_selected:
        yield subject.found(path, f"a peer of {subject} has an ipBlock and a selector, expected one of them")
        return


def _port(subject: Subject, entry: Mapping[str, Any], path: Path) -> Iterator[Found]:
    port, end = entry.get("port"), entry.get("endPort")
    if isinstance(port, str) and names.port_name(port):
        message = f'the port "{port}" of {subject} must be a number, or {names.port_name(port)}'
        yield subject.found((*path, "port"), message)
    if isinstance(port, int) and not 1 <= port <= _LAST_PORT:
        yield subject.found((*path, "port"), f"the port of {subject} is {port}, expected 1 to {_LAST_PORT}")
    elif isinstance(end, int) and not isinstance(port, int):
        message = f"a port of {subject} ends at {end} and begins at none, expected a number as port"
        yield subject.found((*path, "endPort"), message)
    elif isinstance(end, int) and isinstance(port, int) and end < port:
        message = f"a port of {subject} begins at {port} and ends at {end}, expected {port} or more"
        yield subject.found((*path, "endPort"), message)
