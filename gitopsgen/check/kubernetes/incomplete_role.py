"""A rule of a role that allows nothing.

What it finds:
    A rule of a Role or ClusterRole without verbs, without API groups or without resources; paths
    (`nonResourceURLs`) in a Role, or beside resources; an aggregation without selectors.

Why:
    The API server refuses the object.

Example:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader, namespace: payment}
    rules:
      - resources: [configmaps]
        verbs: [get]

Instead:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader, namespace: payment}
    rules:
      - apiGroups: [""]
        resources: [configmaps]
        verbs: [get]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG475",
    "incomplete-role",
    Severity.ERROR,
    on=of_kind("ClusterRole.rbac.authorization.k8s.io", "Role.rbac.authorization.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_OF_RESOURCES: Final = ("apiGroups", "resources", "resourceNames")
_HINTS: Final = {"apiGroups": 'the core group is ""', "verbs": "such as get, list, watch", "resources": "such as pods"}


def check(subject: Subject) -> Iterator[Found]:
    """Report rules that are refused."""
    for index, entry in enumerate(sequence(subject.data.get("rules"))):
        yield from _judge(subject, mapping(entry), ("rules", index))
    aggregation = subject.data.get("aggregationRule")
    if isinstance(aggregation, dict) and not aggregation.get("clusterRoleSelectors"):
        message = f"the aggregation of {subject} has no selectors, expected at least one"
        yield subject.found(("aggregationRule", "clusterRoleSelectors"), message)


def _judge(subject: Subject, rule: Mapping[str, Any], path: Path) -> Iterator[Found]:
    has_paths = bool(rule.get("nonResourceURLs"))
    for field in ("verbs",) if has_paths else ("verbs", "apiGroups", "resources"):
        if rule.get(field) in (None, []):
            message = f"a rule of {subject} has no {field}, expected at least one"
            yield subject.found((*path, field), message, _HINTS[field])
    if not has_paths:
        return
    if subject.known.name == "Role":
        message = f"{subject} allows paths, expected so in a ClusterRole only"
        yield subject.found((*path, "nonResourceURLs"), message, "paths belong to no namespace")
    elif any(rule.get(field) for field in _OF_RESOURCES):
        message = f"a rule of {subject} allows paths and resources, expected a rule for each"
        yield subject.found((*path, "nonResourceURLs"), message)
