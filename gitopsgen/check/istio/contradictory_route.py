"""A route that leads nowhere, or to two places at once.

What it finds:
    A VirtualService without routes; a route of it without destination, redirect, direct response or delegate, or with
    two of them; a redirect or response beside a fault or a rewrite; `mirror` beside `mirrors`; a delegate with
    gateways.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{redirect: {uri: /new}, route: [{destination: {host: pay}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{redirect: {uri: /new}}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import ROUTES
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule("GG544", "contradictory-route", Severity.ERROR, on=ROUTES, is_shared=True, refused_by=MESH)
_ENDS: Final = ("redirect", "directResponse")


def check(subject: Subject) -> Iterator[Found]:
    """Report routes that are refused."""
    spec = mapping(subject.data.get("spec"))
    is_delegate = not spec.get("hosts")
    for part in ("gateways", "tls", "tcp") if is_delegate else ():
        if spec.get(part):
            message = f"{subject} has no hosts, so another one delegates to it: expected no {part}"
            yield subject.found(("spec", part), message)
    if not any(spec.get(protocol) for protocol in ("http", "tls", "tcp")):
        yield subject.found(("spec",), f"{subject} has no route, expected one of http, tls and tcp")
    for path, found in members(subject.data, "spec", "http", EACH):
        route = mapping(found)
        if route.get("delegate") is None:
            yield from _ends(subject, path, route)
        else:
            yield from _delegating(subject, path, route, is_delegate=is_delegate)
    yield from _plain(subject)


def _plain(subject: Subject) -> Iterator[Found]:
    for protocol in ("tls", "tcp"):
        for path, route in members(subject.data, "spec", protocol, EACH):
            if not mapping(route).get("route"):
                yield subject.found(path, f"a {protocol} route of {subject} has no destination, expected one")
    for path, route in members(subject.data, "spec", "tls", EACH):
        if not mapping(route).get("match"):
            yield subject.found(path, f"a tls route of {subject} matches nothing, expected a match with sniHosts")


def _delegating(subject: Subject, path: Path, route: Mapping[str, Any], *, is_delegate: bool) -> Iterator[Found]:
    if is_delegate:
        yield subject.found((*path, "delegate"), f"{subject} is delegated to, and delegates: expected one of them")
        return
    for other in ("redirect", "route"):
        if route.get(other) is not None:
            message = f"a route of {subject} delegates and has a {other}, expected one of them"
            yield subject.found((*path, other), message)


def _ends(subject: Subject, path: Path, route: Mapping[str, Any]) -> Iterator[Found]:
    if route.get("mirror") is not None and route.get("mirrors"):
        yield subject.found((*path, "mirror"), f"a route of {subject} has mirror and mirrors, expected one of them")
    end = next((name for name in _ENDS if route.get(name) is not None), None)
    if end is None:
        if not route.get("route"):
            message = f"a route of {subject} leads nowhere, expected route, redirect or directResponse"
            yield subject.found(path, message)
        return
    others = [name for name in ("fault", "rewrite", "directResponse") if route.get(name) is not None and name != end]
    for other in [*(["route"] if route.get("route") else []), *others]:
        message = f"a route of {subject} has {other} and {end}, expected one of them"
        yield subject.found((*path, other), message)
