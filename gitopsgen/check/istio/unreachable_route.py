"""A route that no request reaches.

What it finds:
    In a VirtualService: a route after one without `match`, and a route each of whose matches an earlier route has too,
    or covers by fewer conditions or a shorter prefix of the path. If it has other matches beside, such a match is
    information. Earlier routes that delegate do not count: what their delegates do not take comes to the next one.

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

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.istio.grammar import ROUTES
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG734", "unreachable-route", Severity.WARNING, on=ROUTES, is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report routes and matches that are never used."""
    spec = mapping(subject.data.get("spec"))
    for protocol in ("http", "tcp", "tls"):
        yield from _routes(subject, ("spec", protocol), sequence(spec.get(protocol)))


def _routes(subject: Subject, path: Path, routes: list[Any]) -> Iterator[Found]:
    catching: int | None = None
    earlier: list[tuple[Mapping[str, Any], int]] = []
    for index, route in enumerate(map(mapping, routes)):
        where = (*path, index)
        matches = [_conditions(mapping(match)) for match in sequence(route.get("match"))]
        if catching is not None:
            message = f"no request reaches this route of {subject}: {path[-1]}[{catching}] takes all that come so far"
            yield subject.found(where, message, "let the route without match be the last")
            continue
        covering = [next((at for other, at in earlier if _covers(other, match)), None) for match in matches]
        covered = [(number, at) for number, at in enumerate(covering) if at is not None]
        if covered and len(covered) == len(matches):
            message = f"no request reaches this route of {subject}: {path[-1]}[{covered[0][1]}] takes them before"
            yield subject.found((*where, "match"), message, "put it before that one, or take it away")
        else:
            for number, at in covered:
                message = f"this match of {subject} is never used: {path[-1]}[{at}] takes such requests before"
                yield Found(subject, (*where, "match", number), message, severity=Severity.INFO)
        if "delegate" not in route:
            catching = index if not matches else None
            earlier += [(match, index) for match in matches]


def _conditions(match: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a match without its name, which matches nothing."""
    return {key: value for key, value in match.items() if key not in {"name", "statPrefix"}}


def _covers(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether each request of the other match is one of this match too: it meets all that this one asks for."""
    return all(other.get(key) == value or (key == "uri" and _begins(other, value)) for key, value in one.items())


def _begins(match: Mapping[str, Any], uri: Any) -> bool:
    prefix, path = mapping(uri).get("prefix"), mapping(match.get("uri"))
    if not isinstance(prefix, str) or match.get("ignoreUriCase"):
        return False
    return any(text(path.get(form)).startswith(prefix) for form in ("exact", "prefix") if form in path)
