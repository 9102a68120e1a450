"""A binding of a role, or of an account, that does not exist.

What it finds:
    A RoleBinding or ClusterRoleBinding whose `roleRef` names no role of the cluster, or whose subject is a
    service account that no manifest describes, in a namespace that the manifests cover.

Why:
    The binding grants nothing, and the program behind the account fails with "forbidden".

Example:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: reader, namespace: payment}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}

Instead:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: reader, namespace: payment}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader, namespace: payment}
    rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule("GG514", "dangling-role-binding", Severity.ERROR, is_shared=True)
_GROUP = "rbac.authorization.k8s.io"
_GIVEN = frozenset({"admin", "cluster-admin", "edit", "view"})


def check(cluster: Cluster) -> Iterator[Found]:
    """Report bindings that bind nothing."""
    for subject in (*cluster.of("RoleBinding", _GROUP), *cluster.of("ClusterRoleBinding", _GROUP)):
        yield from _role(cluster, subject)
        yield from _accounts(cluster, subject)


def _role(cluster: Cluster, subject: Subject) -> Iterator[Found]:
    reference = mapping(subject.data.get("roleRef"))
    kind, name = text(reference.get("kind")), text(reference.get("name"))
    given = kind == "ClusterRole" and (name in _GIVEN or name.startswith("system:"))
    namespace = subject.namespace if kind == "Role" else ""
    if name and not given and cluster.get(kind, name, namespace, _GROUP) is None:
        message = f'{subject} binds the {kind} "{name}", which no manifest describes'
        yield subject.found(("roleRef", "name"), message)


def _accounts(cluster: Cluster, subject: Subject) -> Iterator[Found]:
    for index, account in enumerate(sequence(subject.data.get("subjects"))):
        entry = mapping(account)
        name, namespace = text(entry.get("name")), text(entry.get("namespace")) or subject.namespace
        # accounts of operators stand in namespaces that their charts fill
        judged = entry.get("kind") == "ServiceAccount" and name != "default" and namespace in cluster.namespaces
        if judged and cluster.get("ServiceAccount", name, namespace) is None:
            message = f'{subject} binds the service account "{namespace}/{name}", which no manifest describes'
            yield subject.found(("subjects", index, "name"), message)
