"""A route that no request reaches.

What it finds:
    In a VirtualService: a route after one without `match`, and a route all of whose matches stand in earlier routes.
    A single match that an earlier route has too is information.

Why:
    Routes are tried in their order, and the first that matches is taken.
    `istioctl analyze` says IST0130 and IST0131.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http:
        - route: [{destination: {host: pay}}]
        - match: [{headers: {canary: {exact: "true"}}}]
          route: [{destination: {host: pay-canary}}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http:
        - match: [{headers: {canary: {exact: "true"}}}]
          route: [{destination: {host: pay-canary}}]
        - route: [{destination: {host: pay}}]

"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gitopsgen.check.istio.grammar import ROUTES
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path

RULE = Rule("GG734", "unreachable-route", Severity.WARNING, on=ROUTES, is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report routes and matches that are never used."""
    spec = mapping(subject.data.get("spec"))
    for protocol in ("http", "tcp", "tls"):
        yield from _routes(subject, ("spec", protocol), sequence(spec.get(protocol)))


def _routes(subject: Subject, path: Path, routes: list[Any]) -> Iterator[Found]:
    catching: int | None = None
    earlier: dict[str, int] = {}
    for index, route in enumerate(routes):
        where = (*path, index)
        matches = sequence(mapping(route).get("match"))
        if catching is not None:
            message = f"no request reaches this route of {subject}: {path[-1]}[{catching}] takes all that come so far"
            yield subject.found(where, message, "let the route without match be the last")
            continue
        if not matches:
            catching = index
            continue
        known = [earlier.setdefault(json.dumps(match, sort_keys=True), index) for match in matches]
        if all(first != index for first in known):
            message = f"no request reaches this route of {subject}: its matches stand in {path[-1]}[{known[0]}]"
            yield subject.found((*where, "match"), message, "take the route away, or make its matches narrower")
            continue
        for number, first in enumerate(known):
            if first != index:
                message = f"a match of {subject} is never used: {path[-1]}[{first}] has the same"
                yield Found(subject, (*where, "match", number), message, severity=Severity.INFO)
