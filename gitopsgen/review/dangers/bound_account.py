"""Someone who was there before gets the rights of a role by a new binding.

What it finds:
    A new RoleBinding or ClusterRoleBinding for a service account that does not come with it, or for a user or a group.
    Bindings of `admin`, `edit` and `cluster-admin` are told under GG906, for whomever they are.

Why:
    A service that comes with its account and its rights is one thing; rights for what already runs are another, and
    the binding is a file that nobody looks at twice.

Example:
    # the account "reports" was there before
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: reports-reads-secrets, namespace: payment}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: secret-reader}
    subjects: [{kind: ServiceAccount, name: reports, namespace: payment}]

Instead:
    # a new account for the one job that needs the right
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: rotation, namespace: payment}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: rotation-reads-secrets, namespace: payment}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: secret-reader}
    subjects: [{kind: ServiceAccount, name: rotation, namespace: payment}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.rule import Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.diff import Difference, Pair, Status
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.review.change import Fleetwide
from gitopsgen.review.dangers.widened_role import MIGHTY

RULE = Rule("GG915", "bound-account", Severity.WARNING)

_GROUP: Final = "rbac.authorization.k8s.io"
_BINDINGS: Final = frozenset({"RoleBinding", "ClusterRoleBinding"})
_CURE: Final = "give the right to an account of its own, which only what needs it runs as"


def check(difference: Difference) -> Iterator[Fleetwide]:
    """Report new bindings of those who were there before."""
    added = [pair for pair in difference.pairs if pair.status is Status.ADDED]
    arriving = {
        (pair.object.namespace, pair.object.name): frozenset(pair.files)
        for pair in added
        if pair.object.kind == "ServiceAccount"
    }
    for pair in added:
        if pair.object.kind in _BINDINGS and pair.object.group == _GROUP:
            yield from _of_binding(pair, arriving)


def _of_binding(pair: Pair, arriving: Mapping[tuple[str, str], frozenset[str]]) -> Iterator[Fleetwide]:
    role = text(mapping(pair.new.get("roleRef")).get("name"))
    if role in MIGHTY:
        return
    for subject in map(mapping, sequence(pair.new.get("subjects"))):
        kind, name = text(subject.get("kind")), text(subject.get("name"))
        space = text(subject.get("namespace"))
        comes_at = arriving.get((space, name), frozenset()) if kind == "ServiceAccount" else frozenset()
        places = tuple(sorted(set(pair.files) - comes_at))
        if places:
            who = f"{kind} {space}/{name}" if space else f"{kind} {name}"
            message = f'{_named(pair)} is new, and gives the rights of "{role}" to {who}, which does not come with it'
            yield Fleetwide(pair, pair.changes[0], places, message, _CURE)


def _named(pair: Pair) -> Any:
    one = pair.object
    return f"{one.kind} {one.namespace}/{one.name}" if one.namespace else f"{one.kind} {one.name}"
