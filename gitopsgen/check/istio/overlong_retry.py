"""Tries that together take longer than the request may.

What it finds:
    A route of a VirtualService whose `retries.perTryTimeout`, times its `attempts` and one, exceeds its `timeout`,
    or that tries again and has no `timeout` at all.

Why:
    The last tries never happen, or the caller waits for all of them: three tries of ten seconds each, where an answer
    within a tenth of a second was promised.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay.example.com]
      http:
        - timeout: 300ms
          retries: {attempts: 3, perTryTimeout: 10s, retryOn: connect-failure}

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay.example.com]
      http:
        - timeout: 300ms
          retries: {attempts: 2, perTryTimeout: 100ms, retryOn: connect-failure}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.durations import milliseconds
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence

RULE = Rule("GG721", "overlong-retry", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report routes whose tries do not fit."""
    for service in cluster.of("VirtualService", NETWORKING):
        for index, rule in enumerate(sequence(mapping(service.data.get("spec")).get("http"))):
            route = mapping(rule)
            retries = mapping(route.get("retries"))
            attempts = retries.get("attempts")
            if not isinstance(attempts, int) or attempts < 1:
                continue
            where = ("spec", "http", index, "retries")
            limit = milliseconds(route.get("timeout"))
            if limit is None:
                message = f"{service} tries {attempts} times again and has no timeout"
                yield service.found(where, message, "set the route's timeout")
            elif (needed := _needed(retries, attempts)) > limit:
                message = f"{attempts + 1} tries take {needed:g} ms, more than the {limit:g} ms of the route"
                yield service.found((*where, "perTryTimeout"), message, f"at most {limit / (attempts + 1):.0f}ms")


def _needed(retries: Mapping[str, Any], attempts: int) -> float:
    return (milliseconds(retries.get("perTryTimeout")) or 0.0) * (attempts + 1)
