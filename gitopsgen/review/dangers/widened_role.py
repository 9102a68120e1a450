"""Someone may do more in the cluster than before.

What it finds:
    A permission that a Role or ClusterRole did not give before, a subject that a binding did not name before, and
    new roles with wildcards or with rights to give oneself more.

Why:
    Rights are easily given and seldom taken back; a reviewer should see each one.

Example:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader, namespace: payment}
    rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader, namespace: payment}
    rules: [{apiGroups: [""], resources: [pods, secrets], verbs: [get]}]

Instead:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader, namespace: payment}
    rules: [{apiGroups: [""], resources: [pods, services], verbs: [get]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader, namespace: payment}
    rules: [{apiGroups: [""], resources: [pods], verbs: [get]}, {apiGroups: [""], resources: [services], verbs: [get]}]

"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG906", "widened-role", Severity.WARNING)

_GROUP: Final = "rbac.authorization.k8s.io"
_ESCALATING: Final = frozenset({"*", "bind", "escalate", "impersonate"})
MIGHTY: Final = frozenset({"cluster-admin", "admin", "edit"})
_SHOWN: Final = 4
_Right = tuple[str, str, str, str]  # verb, group, resource (or URL), name


def check(change: Changed) -> Iterator[Found]:
    """Report rights that are new."""
    if change.after is None or change.after.known.group != _GROUP:
        return
    if change.after.known.name in {"Role", "ClusterRole"}:
        yield from _of_role(change.before, change.after)
    elif change.after.known.name in {"RoleBinding", "ClusterRoleBinding"}:
        yield from _of_binding(change.before, change.after)


def _of_role(before: Subject | None, after: Subject) -> Iterator[Found]:
    old, new = _rights(before) if before else set(), _rights(after)
    more = {right for right in new if not any(_covers(given, right) for given in old)}
    if before is None:
        more = {right for right in more if right[0] in _ESCALATING or right[2] == "*"}
    if more:
        told = sorted(f"{verb} {resource}{f'.{group}' if group else ''}" for verb, group, resource, _ in more)
        named = ", ".join(dict.fromkeys(told[:_SHOWN])) + (
            f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
        )
        yield Found(
            ("rules",), f"allows more: {named}", "give a right only to who needs it, by name where that is possible"
        )


def _rights(subject: Subject) -> set[_Right]:
    found: set[_Right] = set()
    for rule in map(mapping, sequence(subject.data.get("rules"))):
        verbs, groups, resources, names = (
            [text(one) for one in sequence(rule.get(key))]
            for key in ("verbs", "apiGroups", "resources", "resourceNames")
        )
        urls = [text(one) for one in sequence(rule.get("nonResourceURLs"))]
        found |= set(product(verbs, groups, resources, names or ["*"]))
        found |= set(product(verbs, [""], urls, ["*"]))
    return found


def _covers(given: _Right, right: _Right) -> bool:
    return all(one in {"*", other} for one, other in zip(given, right, strict=True))


def _of_binding(before: Subject | None, after: Subject) -> Iterator[Found]:
    role = text(mapping(after.data.get("roleRef")).get("name"))
    if before is None and role not in MIGHTY:
        return
    more = _subjects(after) - (_subjects(before) if before else set())
    if more:
        named = ", ".join(
            f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}" for kind, namespace, name in sorted(more)
        )
        yield Found(
            ("subjects",), f'gives the rights of "{role}" to {named}', "bind to one service account in one namespace"
        )


def _subjects(subject: Subject) -> set[tuple[str, str, str]]:
    members = map(mapping, sequence(subject.data.get("subjects")))
    return {(text(one.get("kind")), text(one.get("namespace")), text(one.get("name"))) for one in members}
