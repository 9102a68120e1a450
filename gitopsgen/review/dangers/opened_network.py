"""More traffic is let through than before.

What it finds:
    A NetworkPolicy or AuthorizationPolicy that goes, or has rules that it did not have; a new one that lets anyone
    through, or requests that another one refuses; a Service that becomes reachable from outside the cluster.
    What comes with a namespace of its own is not told.

Why:
    Policies are the reason that a service that was taken over reaches nothing else.

Example:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: default-deny, namespace: payment}
    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: default-deny, namespace: payment}
    spec: {podSelector: {}, policyTypes: [Ingress, Egress], egress: [{}]}

Instead:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: default-deny, namespace: payment}
    spec: {podSelector: {}, policyTypes: [Ingress]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: default-deny, namespace: payment}
    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}

"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.diff import compared
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG910", "opened-network", Severity.WARNING)

_OUTSIDE: Final = frozenset({"LoadBalancer", "NodePort"})
_EVERYWHERE: Final = frozenset({"0.0.0.0/0", "::/0"})
_CURE: Final = "name the one peer and port that are needed"


def check(change: Changed) -> Iterator[Found]:
    """Report traffic that was not let through before."""
    kind = change.subject.known.name
    if kind == "NetworkPolicy":
        yield from _of_network(change)
    elif kind == "AuthorizationPolicy":
        yield from _of_requests(change)
    elif kind == "Service" and change.after is not None:
        was, now = (_type(side) if side else "" for side in (change.before, change.after))
        if now in _OUTSIDE and was not in _OUTSIDE:
            yield Found(("spec", "type"), f"is reachable from outside the cluster ({now})", _CURE)


def _type(subject: Subject) -> str:
    return text(mapping(subject.data.get("spec")).get("type"))


def _of_network(change: Changed) -> Iterator[Found]:
    if change.after is None:
        yield Found((), "is removed, and keeps nothing out any more", "see that another policy selects the same pods")
    elif change.before is None:
        yield from _to_anyone(mapping(change.after.data.get("spec")))
    elif change.both:
        yield from _of_selected(*(mapping(side.data.get("spec")) for side in change.both))


def _of_selected(before: Any, after: Any) -> Iterator[Found]:
    if compared(before.get("podSelector"), after.get("podSelector")):
        yield Found(
            ("spec", "podSelector"), "selects other pods", "see that another policy selects those that it leaves"
        )
    for direction, way, word in (("Ingress", "ingress", "from"), ("Egress", "egress", "to")):
        if direction in sequence(before.get("policyTypes")) and direction not in sequence(after.get("policyTypes")):
            yield Found(("spec", "policyTypes"), f"does not restrict {way} any more", _CURE)
        old = {canonical for _, canonical, _ in _ways(before, way, word)}
        for index, canonical, told in _ways(after, way, word):
            if canonical not in old:
                yield Found(("spec", way, index), f"lets more {way} through: {told}", _CURE)


def _ways(spec: Any, way: str, word: str) -> Iterator[tuple[int, str, str]]:
    """Give each pair of peer and port that rules let through: its rule, itself, and in words."""
    for index, rule in enumerate(map(mapping, sequence(spec.get(way)))):
        for peer, port in product(sequence(rule.get(word)) or ["anyone"], sequence(rule.get("ports")) or ["any port"]):
            yield index, repr((_sorted(peer), _sorted(port))), f"{word} {_words(peer)} on {_words(port)}"


def _to_anyone(spec: Any) -> Iterator[Found]:
    """Report what a new policy lets through for whomever it is: it opens what other policies close."""
    for way, word in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(map(mapping, sequence(spec.get(way)))):
            if any(_is_anyone(peer) for peer in sequence(rule.get(word)) or [{}]):
                ports = ", ".join(map(_words, sequence(rule.get("ports")))) or "any port"
                yield Found(("spec", way, index), f"lets {way} through {word} anyone on {ports}", _CURE)


def _is_anyone(peer: Any) -> bool:
    return not mapping(peer) or text(mapping(mapping(peer).get("ipBlock")).get("cidr")) in _EVERYWHERE


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _sorted(one)) for key, one in value.items())
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def _words(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    if "port" in value:
        return f"{value.get('protocol', 'TCP')} {value['port']}" + (
            f"-{value['endPort']}" if "endPort" in value else ""
        )
    found = [f"{key}={one}" for key, one in _leaves(value)]
    return ", ".join(found) or "anyone"


def _leaves(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, one in value.items():
        if isinstance(one, dict) and one:
            yield from _leaves(one)
        else:
            yield key, "any" if one == {} else str(one)


def _of_requests(change: Changed) -> Iterator[Found]:
    before, after = change.before, change.after
    if before is None:
        rules = sequence(mapping(change.subject.data.get("spec")).get("rules"))
        if rules and _action(change.subject) == "ALLOW":
            yield Found(("spec", "rules"), "is new, and allows requests that other policies may refuse", _CURE)
        return
    denies = _action(before) == "DENY"
    if after is None:
        yield Found((), "is removed, and refuses nothing any more", "see that another policy covers the same services")
        return
    if _action(before) != _action(after):
        yield Found(("spec", "action"), f"its action goes from {_action(before)} to {_action(after)}", _CURE)
        return
    old, new = (_rules(side) for side in (before, after))
    lost, more = set(old) - set(new), set(new) - set(old)
    for one in sorted(lost if denies else more, key=lambda each: (old if denies else new)[each]):
        path: Path = ("spec", "rules") if denies else ("spec", "rules", new[one])
        yield Found(path, "a rule that denied is gone" if denies else "a rule allows what none allowed before", _CURE)


def _action(subject: Subject) -> str:
    return text(mapping(subject.data.get("spec")).get("action")) or "ALLOW"


def _rules(subject: Subject) -> dict[str, int]:
    rules = sequence(mapping(subject.data.get("spec")).get("rules"))
    return {repr(_sorted(rule)): index for index, rule in enumerate(rules)}
