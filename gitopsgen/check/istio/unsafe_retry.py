"""A second try of a request that may have done its work.

What it finds:
    A route of a VirtualService that can match requests which change something (no `method`, or another than GET,
    HEAD, OPTIONS, PUT, DELETE) and tries again after more than a connection that could not be made. Istio's own default
    counts too where `retries` are left out.

Why:
    After `5xx` or `reset` the first try may have been carried out: a payment is taken twice.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay.example.com]
      http:
        - match: [{method: {exact: POST}}]
          retries: {attempts: 3, retryOn: "5xx,reset"}

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay.example.com]
      http:
        - match: [{method: {exact: POST}}]
          retries: {attempts: 3, retryOn: "connect-failure,refused-stream"}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import listed

RULE = Rule("GG720", "unsafe-retry", Severity.ERROR, is_shared=True)
_REPEATABLE: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PUT"})
# nothing was sent, or the server said that it did nothing
_HARMLESS: Final = frozenset({"connect-failure", "refused-stream"})
_CURE: Final = "retryOn: connect-failure,refused-stream, or attempts: 0; or match GET in a route of its own"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report routes whose requests may be carried out twice."""
    for service in cluster.of("VirtualService", NETWORKING):
        for index, rule in enumerate(sequence(mapping(service.data.get("spec")).get("http"))):
            route = mapping(rule)
            if _only_forwards(route) and _may_change_something(route):
                where = ("spec", "http", index)
                retries = mapping(route.get("retries"))
                conditions = _conditions(retries)
                if retries.get("attempts") == 0:
                    continue
                if not conditions:
                    message = f"{service} leaves it to the mesh what is tried again: more than failed connections"
                    yield service.found(where, message, _CURE)
                elif harmful := sorted(conditions - _HARMLESS):
                    message = f"{service} tries requests that change something again after {listed(harmful)}"
                    yield service.found((*where, "retries"), message, _CURE)


def _only_forwards(route: Mapping[str, Any]) -> bool:
    return "redirect" not in route and "directResponse" not in route


def _may_change_something(route: Mapping[str, Any]) -> bool:
    matches = [mapping(match) for match in sequence(route.get("match"))]
    methods = [text(mapping(match.get("method")).get("exact")) for match in matches]
    return not methods or any(method not in _REPEATABLE for method in methods)


def _conditions(retries: Mapping[str, Any]) -> set[str]:
    return {each.strip() for each in text(retries.get("retryOn")).split(",") if each.strip()}
