"""A patch of Envoy's configuration that changes nothing, or not what it matches.

What it finds:
    In an EnvoyFilter: a patch without `applyTo`, operation or value, a match of another class than the patch is for, a
    filter to match without a name. What the value may hold is said by malformed-envoy-value.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: {name: pay, namespace: payment}
    spec:
      workloadSelector: {labels: {app: pay}}
      configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE}}]

Instead:
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: {name: pay, namespace: payment}
    spec:
      workloadSelector: {labels: {app: pay}}
      configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE, value: {lb_policy: RANDOM}}}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG577",
    "malformed-envoy-patch",
    Severity.ERROR,
    on=of_kind("EnvoyFilter.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_MANAGERS: Final = ("envoy.filters.network.http_connection_manager", "envoy.http_connection_manager")
_MATCHES: Final = ("listener", "routeConfiguration", "cluster", "waypoint")
_CLASSES: Final = {
    **dict.fromkeys(("LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER"), "listener"),
    **dict.fromkeys(("ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE"), "routeConfiguration"),
    "CLUSTER": "cluster",
}


def check(subject: Subject) -> Iterator[Found]:
    """Report patches that are refused."""
    for path, found in members(subject.data, "spec", "configPatches", EACH):
        one = mapping(found)
        match = mapping(one.get("match"))
        if match.get("context") == "WAYPOINT":
            continue  # taken as it is
        yield from _patch(subject, path, one)
        wanted = _CLASSES.get(text(one.get("applyTo")))
        for name in _MATCHES:
            if wanted and name != wanted and match.get(name) is not None:
                message = f"a patch of {subject} for {one['applyTo']} matches by {name}, expected {wanted}"
                yield subject.found((*path, "match", name), message)
        if wanted == "listener":
            yield from _filter(subject, (*path, "match", "listener", "filterChain", "filter"), one)


def _patch(subject: Subject, path: Path, one: Mapping[str, Any]) -> Iterator[Found]:
    patch = mapping(one.get("patch"))
    operation = text(patch.get("operation"))
    if text(one.get("applyTo")) in {"", "INVALID"}:
        yield subject.found(path, f"a patch of {subject} has no applyTo, expected one")
    if operation in {"", "INVALID"}:
        yield subject.found((*path, "patch"), f"a patch of {subject} has no operation, expected one")
    elif operation != "REMOVE" and patch.get("value") is None:
        yield subject.found((*path, "patch"), f"a patch of {subject} has no value to {operation}, expected one")


def _filter(subject: Subject, path: Path, one: Mapping[str, Any]) -> Iterator[Found]:
    for at, found in members(one, *(str(step) for step in path[3:])):
        where: Path = (*path[:3], *at)
        if not isinstance(found, dict):
            continue
        if not found.get("name"):
            yield subject.found(where, f"a patch of {subject} matches a filter without a name, expected one")
        elif found.get("subFilter") is not None:
            yield from _inner(subject, where, text(one.get("applyTo")), found)


def _inner(subject: Subject, path: Path, target: str, outer: Mapping[str, Any]) -> Iterator[Found]:
    inner: Path = (*path, "subFilter")
    if target != "HTTP_FILTER":
        yield subject.found(inner, f"a patch of {subject} for {target} matches a subFilter, expected HTTP_FILTER")
    if text(outer.get("name")) not in _MANAGERS:
        message = f'a patch of {subject} matches a subFilter of "{outer["name"]}", expected {_MANAGERS[0]}'
        yield subject.found((*path, "name"), message)
    if not mapping(outer["subFilter"]).get("name"):
        yield subject.found(inner, f"a patch of {subject} matches a subFilter without a name, expected one")
