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

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import duration, nanoseconds
from gitopsgen.check.istio.policies import sidecar_pools, traffic_policies
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
        "Sidecar.networking.istio.io",
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
_OF_POOLS: Final[tuple[tuple[str, ...], ...]] = (
    ("http", "idleTimeout"),
    ("http", "http2KeepAlive", "interval"),
    ("http", "http2KeepAlive", "timeout"),
    ("tcp", "connectTimeout"),
    ("tcp", "maxConnectionDuration"),
    ("tcp", "idleTimeout"),
    ("tcp", "tcpKeepalive", "time"),
    ("tcp", "tcpKeepalive", "interval"),
)
_OF_POLICIES: Final[tuple[tuple[str, ...], ...]] = (
    ("outlierDetection", "interval"),
    ("outlierDetection", "baseEjectionTime"),
    *(("connectionPool", *steps) for steps in _OF_POOLS),
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
    elif subject.known.name == "Sidecar":
        yield from _below(sidecar_pools(subject), _OF_POOLS)
    else:
        yield from _below(traffic_policies(subject), _OF_POLICIES)


def _below(found: Iterable[tuple[Path, Any]], places: Sequence[tuple[str, ...]]) -> Iterator[tuple[Path, object]]:
    for above, data in found:
        for steps in places:
            for path, value in members(data, *steps):
                yield (*above, *path), value
