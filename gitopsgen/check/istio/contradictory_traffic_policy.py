"""A traffic policy that says nothing, or what cannot be.

What it finds:
    In a DestinationRule: a policy, a port's policy or a connection pool without content, a port's policy without its
    port, a negative limit, a share of ejected pods outside of 0 to 100, a tunnel beside `proxyProtocol` or without a
    protocol, host and port that it can have, an upgrade to HTTP/2 beside the client's own protocol. Of a Sidecar, its
    connection pools.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      trafficPolicy: {connectionPool: {}, outlierDetection: {maxEjectionPercent: 120}}

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      trafficPolicy: {outlierDetection: {maxEjectionPercent: 100}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.istio.grammar import domain, is_address
from gitopsgen.check.istio.policies import sidecar_pools, traffic_policies
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG551",
    "contradictory-traffic-policy",
    Severity.ERROR,
    on=of_kind("DestinationRule.networking.istio.io", "Sidecar.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_OF_PORTS: Final = ("outlierDetection", "connectionPool", "loadBalancer", "tls")
_OF_ALL: Final = (*_OF_PORTS, "portLevelSettings", "tunnel", "proxyProtocol", "retryBudget")
_LIMITS: Final = (
    ("tcp", "maxConnections"),
    ("http", "http1MaxPendingRequests"),
    ("http", "http2MaxRequests"),
    ("http", "maxRequestsPerConnection"),
    ("http", "maxRetries"),
    ("http", "maxConcurrentStreams"),
)
_SHARES: Final = ("maxEjectionPercent", "minHealthPercent")
_WHOLE: Final = 100


def check(subject: Subject) -> Iterator[Found]:
    """Report policies that are refused."""
    if subject.known.name == "Sidecar":
        for path, pool in sidecar_pools(subject):
            yield from _pool(subject, path, pool)
        return
    for path, policy in traffic_policies(subject):
        is_port = path[-2] == "portLevelSettings"
        known = _OF_PORTS if is_port else _OF_ALL
        if is_port and policy.get("port") is None:
            yield subject.found(path, f"the policy of a port of {subject} names no port, expected one")
        if _is_there(subject, path) and all(policy.get(name) is None for name in known):
            yield subject.found(path, f"a traffic policy of {subject} is empty, expected something in it")
            continue
        if not is_port and policy.get("tunnel") is not None and policy.get("proxyProtocol") is not None:
            yield subject.found((*path, "tunnel"), f"{subject} has tunnel and proxyProtocol, expected one of them")
        yield from _tunnel(subject, (*path, "tunnel"), policy.get("tunnel"))
        yield from _pool(subject, (*path, "connectionPool"), policy.get("connectionPool"))
        yield from _outliers(subject, (*path, "outlierDetection"), mapping(policy.get("outlierDetection")))


def _is_there(subject: Subject, path: Path) -> bool:
    """Tell whether the policy is written down: the walk gives one for each rule and subset."""
    found: Any = subject.data
    for step in path:
        found = found[step] if isinstance(step, int) else mapping(found).get(step)
    return found is not None


def _tunnel(subject: Subject, path: Path, tunnel: Any) -> Iterator[Found]:
    if not isinstance(tunnel, dict):
        return
    protocol, host = text(tunnel.get("protocol")), text(tunnel.get("targetHost"))
    if protocol not in {"", "CONNECT", "POST"}:
        message = f'the protocol of a tunnel of {subject} is "{protocol}", expected CONNECT or POST'
        yield subject.found((*path, "protocol"), message)
    if domain(host) and not is_address(host):
        message = f'the targetHost of a tunnel of {subject} is "{host}", expected {domain(host)}, or an IP address'
        yield subject.found((*path, "targetHost"), message)
    if tunnel.get("targetPort") is None:
        yield subject.found(path, f"a tunnel of {subject} has no targetPort, expected one")


def _pool(subject: Subject, path: Path, pool: Any) -> Iterator[Found]:
    if not isinstance(pool, dict):
        return
    if pool.get("tcp") is None and pool.get("http") is None:
        yield subject.found(path, f"a connection pool of {subject} is empty, expected tcp or http")
    yield from _http(subject, (*path, "http"), mapping(pool.get("http")))
    for part, name in _LIMITS:
        limit = mapping(pool.get(part)).get(name)
        if isinstance(limit, int) and limit < 0:
            yield subject.found((*path, part, name), f"{name} of {subject} is {limit}, expected 0 or more")


def _http(subject: Subject, path: Path, http: Mapping[str, Any]) -> Iterator[Found]:
    if http.get("h2UpgradePolicy") == "UPGRADE" and http.get("useClientProtocol") is True:
        message = f"{subject} has useClientProtocol beside h2UpgradePolicy: UPGRADE, expected one of them"
        yield subject.found((*path, "useClientProtocol"), message)
    keepalive = http.get("http2KeepAlive")
    for name in ("interval", "timeout") if isinstance(keepalive, dict) else ():
        if mapping(keepalive).get(name) is None:
            yield subject.found((*path, "http2KeepAlive"), f"http2KeepAlive of {subject} has no {name}, expected one")


def _outliers(subject: Subject, path: Path, outliers: Mapping[str, Any]) -> Iterator[Found]:
    for name in _SHARES:
        share = outliers.get(name)
        if isinstance(share, int) and not 0 <= share <= _WHOLE:
            yield subject.found((*path, name), f"{name} of {subject} is {share}, expected 0 to {_WHOLE}")
    if not outliers.get("splitExternalLocalOriginErrors") and outliers.get("consecutiveLocalOriginFailures"):
        message = f"{subject} counts failures of local origin, expected splitExternalLocalOriginErrors: true"
        yield subject.found((*path, "consecutiveLocalOriginFailures"), message)
