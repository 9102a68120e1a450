"""A quota of something that is not counted, or in a scope where it is not.

What it finds:
    A ResourceQuota of an unknown resource, of an amount below 0 or of a part of what is counted in whole
    numbers; scopes that exclude each other, or in which one of its resources is not counted; an operator of
    a scope with values that it does not take.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: payment, namespace: payment}
    spec:
      hard: {deployments: 10, requests.cpu: 8}

Instead:
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: payment, namespace: payment}
    spec:
      hard: {count/deployments.apps: 10, requests.cpu: 8}

"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.kubernetes import resources
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG477",
    "malformed-quota",
    Severity.ERROR,
    on=of_kind("ResourceQuota"),
    is_shared=True,
    refused_by=API_SERVER,
)
_EXCLUDING: Final = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))
_PLAIN: Final = frozenset({"BestEffort", "NotBestEffort", "NotTerminating", "Terminating", "CrossNamespacePodAffinity"})
_COMPUTED: Final = frozenset(
    {"cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory", "pods"}
)
_SCOPED: Final = {
    "BestEffort": frozenset({"pods"}),
    "CrossNamespacePodAffinity": _COMPUTED,
    "NotBestEffort": _COMPUTED,
    "NotTerminating": _COMPUTED,
    "PriorityClass": _COMPUTED,
    "Terminating": _COMPUTED,
}


def check(subject: Subject) -> Iterator[Found]:
    """Report resources, amounts and scopes that are refused."""
    spec = mapping(subject.data.get("spec"))
    hard = mapping(spec.get("hard"))
    for name, value in hard.items():
        field = ("spec", "hard", name)
        expected = resources.of_quota(name)
        if expected:
            yield subject.found(field, f'the resource "{name}" of {subject} must be {expected}')
        elif resources.expected_amount(name, value):
            expected = resources.expected_amount(name, value)
            yield subject.found(field, f"{subject} allows {value} of {name}, expected {expected}")
    scopes = [text(scope) for scope in sequence(spec.get("scopes"))]
    yield from _scopes(subject, scopes, hard, ("spec", "scopes"))
    path = ("spec", "scopeSelector", "matchExpressions")
    terms = [mapping(term) for term in sequence(mapping(spec.get("scopeSelector")).get("matchExpressions"))]
    yield from _scopes(subject, [text(term.get("scopeName")) for term in terms], hard, path)
    for index, term in enumerate(terms):
        yield from _term(subject, term, (*path, index))


def _scopes(subject: Subject, scopes: list[str], hard: Iterable[str], path: Path) -> Iterator[Found]:
    for one, other in _EXCLUDING:
        if one in scopes and other in scopes:
            yield subject.found(path, f"{subject} has the scopes {one} and {other}, expected one of them")
    for scope in scopes:
        strange = [name for name in hard if "/" not in name and name not in _SCOPED.get(scope, hard)]
        if strange:
            message = f"{subject} counts {strange[0]} in the scope {scope}, where only some resources are counted"
            yield subject.found(path, message, f"counted there: {', '.join(sorted(_SCOPED[scope]))}")


def _term(subject: Subject, term: Mapping[str, Any], path: Path) -> Iterator[Found]:
    scope, operator, values = text(term.get("scopeName")), text(term.get("operator")), term.get("values")
    if operator in {"In", "NotIn"} and scope in _PLAIN:
        message = f"{subject} asks for values of the scope {scope}, expected the operator Exists"
        yield subject.found((*path, "operator"), message)
    elif operator in {"In", "NotIn"} and not values:
        yield subject.found((*path, "values"), f"{subject} has no values for {scope}, expected some with {operator}")
    elif operator in {"Exists", "DoesNotExist"} and values:
        yield subject.found((*path, "values"), f"{subject} has values for {scope}, expected none with {operator}")
