"""A duration that the mesh cannot keep.

What it finds:
    A timeout, an interval or another duration of a VirtualService, DestinationRule or RequestAuthentication that is
    none, shorter than a millisecond, or more exact than one.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{timeout: 500us, route: [{destination: {host: pay}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{timeout: 500ms, route: [{destination: {host: pay}}]}]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import duration, nanoseconds
from gitopsgen.check.istio.policies import traffic_policies
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG542",
    "malformed-mesh-duration",
    Severity.ERROR,
    on=of_kind(
        "VirtualService.networking.istio.io",
        "DestinationRule.networking.istio.io",
        "RequestAuthentication.security.istio.io",
    ),
    is_shared=True,
    refused_by=MESH,
)
_OF_ROUTES: Final[tuple[tuple[str, ...], ...]] = (
    ("timeout",),
    ("retries", "perTryTimeout"),
    ("retries", "backoff"),
    ("fault", "delay", "fixedDelay"),
    ("corsPolicy", "maxAge"),
)
_OF_POLICIES: Final[tuple[tuple[str, ...], ...]] = (
    ("outlierDetection", "interval"),
    ("outlierDetection", "baseEjectionTime"),
    ("connectionPool", "http", "idleTimeout"),
    ("connectionPool", "http", "http2KeepAlive", "interval"),
    ("connectionPool", "http", "http2KeepAlive", "timeout"),
    ("connectionPool", "tcp", "connectTimeout"),
    ("connectionPool", "tcp", "maxConnectionDuration"),
    ("connectionPool", "tcp", "idleTimeout"),
    ("connectionPool", "tcp", "tcpKeepalive", "time"),
    ("connectionPool", "tcp", "tcpKeepalive", "interval"),
    ("loadBalancer", "warmup", "duration"),
)
_MILLISECOND: Final = 10**6


def check(subject: Subject) -> Iterator[Found]:
    """Report durations that are refused."""
    for path, value in _durations(subject):
        if not isinstance(value, str):
            continue
        expected = duration(value)
        found = nanoseconds(value)
        # none at all switches this one off
        is_off = path[-2:] == ("tcp", "idleTimeout") and found is not None and abs(found) < _MILLISECOND
        if expected and not is_off:
            yield subject.found(path, f'{path[-1]} of {subject} is "{value}", expected {expected}')


def _durations(subject: Subject) -> Iterator[tuple[Path, object]]:
    if subject.known.name == "VirtualService":
        for steps in _OF_ROUTES:
            yield from members(subject.data, "spec", "http", EACH, *steps)
    elif subject.known.name == "RequestAuthentication":
        yield from members(subject.data, "spec", "jwtRules", EACH, "timeout")
    else:
        for above, policy in traffic_policies(subject):
            for steps in _OF_POLICIES:
                for path, value in members(policy, *steps):
                    yield (*above, *path), value
