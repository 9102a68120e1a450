"""Load balancing that cannot be reckoned with.

What it finds:
    In a DestinationRule: a cookie or an attribute of it without a name, a table of Maglev whose size is no prime below
    5000011, two settings of localities at once, shares of localities that do not add up to 100, localities that
    overlap, a failover to the same region or to less than a region, and a warm-up that cannot be.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 1000}}}}

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 1009}}}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gitopsgen.check.istio.grammar import nanoseconds
from gitopsgen.check.istio.policies import traffic_policies
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG574",
    "malformed-load-balancing",
    Severity.ERROR,
    on=of_kind("DestinationRule.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_TOO_LARGE: Final = 5000011
_WHOLE: Final = 100
_TOPOLOGY: Final = frozenset(
    {"topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"}
)


def check(subject: Subject) -> Iterator[Found]:
    """Report load balancing that is refused."""
    for above, policy in traffic_policies(subject):
        balancer = mapping(policy.get("loadBalancer"))
        path: Path = (*above, "loadBalancer")
        yield from _hash(subject, (*path, "consistentHash"), mapping(balancer.get("consistentHash")))
        yield from _localities(subject, (*path, "localityLbSetting"), mapping(balancer.get("localityLbSetting")))
        if balancer.get("localityLbSetting") is not None and balancer.get("zoneAwareLbSetting") is not None:
            message = f"{subject} has localityLbSetting and zoneAwareLbSetting, expected one of them"
            yield subject.found((*path, "zoneAwareLbSetting"), message)
        yield from _zones(subject, (*path, "zoneAwareLbSetting"), mapping(balancer.get("zoneAwareLbSetting")))
        if isinstance(balancer.get("warmup"), dict):
            yield from _warmup(subject, (*path, "warmup"), balancer["warmup"])


def _hash(subject: Subject, path: Path, settings: Mapping[str, Any]) -> Iterator[Found]:
    if isinstance(settings.get("httpCookie"), dict):
        yield from _cookie(subject, (*path, "httpCookie"), settings["httpCookie"])
    if settings.get("minimumRingSize") and (settings.get("maglev") or settings.get("ringHash")) is not None:
        message = f"{subject} has minimumRingSize beside maglev or ringHash, expected one of them"
        yield subject.found((*path, "minimumRingSize"), message)
    if isinstance(settings.get("maglev"), dict):
        size = settings["maglev"].get("tableSize", 0)
        if isinstance(size, int) and not (size < _TOO_LARGE and _is_prime(size)):
            message = f"the tableSize of {subject} is {size}, expected a prime below {_TOO_LARGE}"
            yield subject.found((*path, "maglev", "tableSize"), message)


def _cookie(subject: Subject, path: Path, cookie: Mapping[str, Any]) -> Iterator[Found]:
    ttl = cookie.get("ttl")
    if isinstance(ttl, str) and nanoseconds(ttl) is None:
        message = f'the ttl of a cookie of {subject} is "{ttl}", expected a duration such as 0s or 1h'
        yield subject.found((*path, "ttl"), message)
    if not cookie.get("name"):
        yield subject.found(path, f"a cookie of {subject} has no name, expected one")
    seen: set[str] = set()
    for index, attribute in enumerate(sequence(cookie.get("attributes"))):
        name = text(mapping(attribute).get("name"))
        if not name or name in seen:
            message = f'a cookie of {subject} has the attribute "{name}", expected a name of its own'
            yield subject.found((*path, "attributes", index), message)
        seen.add(name)


def _is_prime(number: int) -> bool:
    return number > 0 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _localities(subject: Subject, path: Path, settings: Mapping[str, Any]) -> Iterator[Found]:
    shares, failover = sequence(settings.get("distribute")), sequence(settings.get("failover"))
    if shares and failover:
        yield subject.found((*path, "failover"), f"{subject} has distribute and failover, expected one of them")
        return
    if failover and _TOPOLOGY & set(map(text, sequence(settings.get("failoverPriority")))):
        message = f"{subject} has failover beside a failoverPriority by region or zone, expected one of them"
        yield subject.found((*path, "failoverPriority"), message)
    for index, share in enumerate(shares):
        yield from _shares(subject, (*path, "distribute", index, "to"), mapping(mapping(share).get("to")))
    yield from _overlapping(subject, (*path, "distribute"), [text(mapping(share).get("from")) for share in shares])
    yield from _failovers(subject, (*path, "failover"), failover)


def _zones(subject: Subject, path: Path, settings: Mapping[str, Any]) -> Iterator[Found]:
    for index, label in enumerate(map(text, sequence(settings.get("failoverPriority")))):
        if label in _TOPOLOGY:
            message = f'{subject} has "{label}" in failoverPriority, which zoneAwareLbSetting goes by anyway'
            yield subject.found((*path, "failoverPriority", index), message)
    yield from _failovers(subject, (*path, "failover"), sequence(settings.get("failover")))


def _failovers(subject: Subject, path: Path, failover: Sequence[Any]) -> Iterator[Found]:
    for index, found in enumerate(failover):
        ends = [text(mapping(found).get(name)) for name in ("from", "to")]
        if ends[0] == ends[1] or any(sign in end for end in ends for sign in "/*"):
            message = f'{subject} fails over from "{ends[0]}" to "{ends[1]}", expected two regions, without "/" and "*"'
            yield subject.found((*path, index), message)


def _shares(subject: Subject, path: Path, shares: Mapping[str, Any]) -> Iterator[Found]:
    weights = [weight for weight in shares.values() if isinstance(weight, int)]
    if sum(weights) != _WHOLE or not all(0 < weight <= _WHOLE for weight in weights):
        found = ", ".join(map(str, weights)) or "none"
        message = f"the shares of {subject} are {found}, expected numbers of 1 to {_WHOLE} that add up to {_WHOLE}"
        yield subject.found(path, message)
    # Istio reads these in any order: only what is refused in each is refused
    yield from _overlapping(subject, path, sorted(shares, key=lambda locality: locality.endswith("*")))


def _overlapping(subject: Subject, path: Path, localities: list[str]) -> Iterator[Found]:
    seen: list[list[str]] = []
    for locality in localities:
        parts = locality.split("/", 2)
        if not all(parts) or "*" in locality[:-1]:
            message = f'the locality "{locality}" of {subject} must be region/zone/subzone, "*" at most at the end'
            yield subject.found(path, message)
        elif any(_covers(one, parts) or one[: len(parts)] == parts for one in seen):
            yield subject.found(path, f'the locality "{locality}" of {subject} overlaps with another one')
        seen.append(parts)


def _covers(one: list[str], other: list[str]) -> bool:
    return len(one) <= len(other) and all(part in ("*", against) for part, against in zip(one, other, strict=False))


def _warmup(subject: Subject, path: Path, warmup: Mapping[str, Any]) -> Iterator[Found]:
    if warmup.get("duration") is None:
        yield subject.found(path, f"the warm-up of {subject} has no duration, expected one")
    least, aggression = warmup.get("minimumPercent"), warmup.get("aggression")
    if isinstance(least, (int, float)) and least > _WHOLE:
        message = f"the minimumPercent of {subject} is {least}, expected at most {_WHOLE}"
        yield subject.found((*path, "minimumPercent"), message)
    if isinstance(aggression, (int, float)) and aggression <= 0:
        message = f"the aggression of {subject} is {aggression}, expected more than 0"
        yield subject.found((*path, "aggression"), message)
