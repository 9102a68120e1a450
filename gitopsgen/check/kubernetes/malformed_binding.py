"""A binding whose role or subjects cannot be meant.

What it finds:
    A ClusterRoleBinding to a Role; a role or subject without a name; a service account without a namespace
    in a ClusterRoleBinding, or with an API group; a user or group with another group than RBAC's.

Why:
    The API server refuses the object.

Example:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: prometheus}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: prometheus}
    subjects: [{kind: ServiceAccount, name: prometheus}]

Instead:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: prometheus}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: prometheus}
    subjects: [{kind: ServiceAccount, name: prometheus, namespace: monitoring}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG476",
    "malformed-binding",
    Severity.ERROR,
    on=of_kind("ClusterRoleBinding.rbac.authorization.k8s.io", "RoleBinding.rbac.authorization.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_GROUP: Final = "rbac.authorization.k8s.io"


def check(subject: Subject) -> Iterator[Found]:
    """Report roles and subjects that are refused."""
    role = mapping(subject.data.get("roleRef"))
    of_cluster = subject.known.name == "ClusterRoleBinding"
    if of_cluster and role.get("kind") == "Role":
        message = f"{subject} binds a Role, expected a ClusterRole"
        yield subject.found(("roleRef", "kind"), message, "a RoleBinding gives a Role in its namespace")
    if role.get("name") == "" or names.path_segment(text(role.get("name"))):
        expected = names.path_segment(text(role.get("name"))) or "a name"
        message = f'{subject} binds the role "{role["name"]}", expected {expected}'
        yield subject.found(("roleRef", "name"), message)
    for index, entry in enumerate(sequence(subject.data.get("subjects"))):
        yield from _judge(subject, mapping(entry), ("subjects", index), of_cluster=of_cluster)


def _judge(subject: Subject, who: Mapping[str, Any], path: Path, *, of_cluster: bool) -> Iterator[Found]:
    sort, name, group = text(who.get("kind")), text(who.get("name")), text(who.get("apiGroup"))
    if who.get("name") == "":
        yield subject.found((*path, "name"), f"a subject of {subject} has an empty name, expected one")
    if sort == "ServiceAccount":
        if name and names.subdomain(name):
            message = f'the service account "{name}" of {subject} must be {names.subdomain(name)}'
            yield subject.found((*path, "name"), message, "the namespace is a field of its own")
        if group:
            message = f'a service account of {subject} has the API group "{group}", expected none'
            yield subject.found((*path, "apiGroup"), message)
        if of_cluster and not who.get("namespace"):
            message = f'the service account "{name}" of {subject} has no namespace, expected the one it lives in'
            yield subject.found((*path, "namespace"), message)
    elif sort in {"Group", "User"} and group and group != _GROUP:
        message = f'a subject of {subject} has the API group "{group}", expected {_GROUP}'
        yield subject.found((*path, "apiGroup"), message)
