"""A circuit breaker that opens below the load it stands in.

What it finds:
    A limit of connections or requests in a DestinationRule that is smaller than the requests under way at the load
    which the rule's annotation `gitopsgen.io/load` states: requests a second, times seconds that one takes, shared by
    the proxies that call. A statement that cannot be read is found too.

Why:
    Each calling proxy has the pool for itself. A limit of 100 under a load that keeps 333 requests of each proxy under
    way refuses two of three with 503, at the load that was promised.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: pay
      namespace: payment
      annotations: {gitopsgen.io/load: 10000 requests/s of 100 ms from 3 proxies}
    spec:
      host: "*.example.com"
      trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}, http: {http2MaxRequests: 100}}}

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: pay
      namespace: payment
      annotations: {gitopsgen.io/load: 10000 requests/s of 100 ms from 3 proxies}
    spec:
      host: "*.example.com"
      trafficPolicy: {connectionPool: {tcp: {maxConnections: 667}, http: {http2MaxRequests: 667}}}

"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from gitopsgen.check.istio.policies import traffic_policies
from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

_ANNOTATION: Final = "gitopsgen.io/load"
RULE = Rule(
    "GG723",
    "tight-pool",
    Severity.ERROR,
    on=of_kind("DestinationRule.networking.istio.io"),
    is_shared=True,
    reckons=frozenset({_ANNOTATION}),
)
_LOAD: Final = re.compile(r"(\d+) requests/s of (\d+) ms from ([1-9]\d*) prox(?:y|ies)")
_LIMITS: Final = (("tcp", "maxConnections"), ("http", "http1MaxPendingRequests"), ("http", "http2MaxRequests"))


def check(subject: Subject) -> Iterator[Found]:
    """Report limits that the stated load exceeds."""
    stated = mapping(subject.metadata.get("annotations")).get(_ANNOTATION)
    if stated is None:
        return
    load = _LOAD.fullmatch(str(stated))
    if load is None:
        message = f'"{stated}" states no load, expected "10000 requests/s of 100 ms from 3 proxies"'
        yield subject.found(("metadata", "annotations", _ANNOTATION), message)
        return
    rate, duration, proxies = (int(number) for number in load.groups())
    under_way = math.ceil(rate * duration / 1000 / proxies)
    for path, policy in traffic_policies(subject):
        pool = mapping(policy.get("connectionPool"))
        for part, name in _LIMITS:
            limit = mapping(pool.get(part)).get(name)
            if isinstance(limit, int) and limit < under_way:
                message = f"{name} is {limit}, but each proxy has {under_way} requests under way at the stated load"
                where = (*path, "connectionPool", part, name)
                yield subject.found(where, message, f"at least {under_way}; {2 * under_way} leaves room")
