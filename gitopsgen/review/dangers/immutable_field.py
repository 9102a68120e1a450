"""A field changed that an API server does not let anyone change.

What it finds:
    Another selector, claim template or service name of a workload, another role of a binding, another
    provisioner of a storage class, new contents of an immutable ConfigMap or Secret, and the like.

Why:
    The server refuses the object, and Argo CD stops there in every city: the object has to be deleted and made
    anew, which stops what runs and, of a StatefulSet, is done with care for its volumes.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {selector: {matchLabels: {app: app}}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {selector: {matchLabels: {app: app, tier: web}}}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {selector: {matchLabels: {app: app}}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop, labels: {tier: web}}
    spec: {selector: {matchLabels: {app: app}}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.diff import MISSING, compared, plain_path
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG901", "immutable-field", Severity.WARNING)

# Kubernetes' API reference, and its validation of updates (pkg/apis/*/validation)
_FIELDS: Final[Mapping[str, tuple[Path, ...]]] = {
    "Deployment.apps": (("spec", "selector"),),
    "DaemonSet.apps": (("spec", "selector"),),
    "ReplicaSet.apps": (("spec", "selector"),),
    "Job.batch": (("spec", "selector"), ("spec", "template"), ("spec", "completionMode")),
    "Secret": (("type",),),
    "PersistentVolumeClaim": (
        ("spec", "accessModes"),
        ("spec", "storageClassName"),
        ("spec", "selector"),
        ("spec", "volumeMode"),
        ("spec", "volumeName"),
        ("spec", "dataSource"),
    ),
    "StorageClass.storage.k8s.io": (("provisioner",), ("parameters",), ("reclaimPolicy",), ("volumeBindingMode",)),
    "PriorityClass.scheduling.k8s.io": (("value",), ("preemptionPolicy",)),
    "RuntimeClass.node.k8s.io": (("handler",),),
    "RoleBinding.rbac.authorization.k8s.io": (("roleRef",),),
    "ClusterRoleBinding.rbac.authorization.k8s.io": (("roleRef",),),
    "IngressClass.networking.k8s.io": (("spec", "controller"),),
    "CustomResourceDefinition.apiextensions.k8s.io": (
        ("spec", "group"),
        ("spec", "scope"),
        ("spec", "names", "plural"),
    ),
}
# of a StatefulSet all may change but these
_OF_STATEFUL_SETS: Final = frozenset(
    {
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    }
)
_CURE: Final = "give the new object another name, or plan how the old one is deleted and made anew"


def check(change: Changed) -> Iterator[Found]:
    """Report changes of immutable fields."""
    if change.both:
        before, after = change.both
        for path in _immutable(before, after):
            old, new = _at(before.data, path), _at(after.data, path)
            differing = compared(old, MISSING if new is None else new) if old is not None else ()
            if differing:
                where = (*path, *plain_path(new, differing[0].path))
                yield Found(where, f'"{".".join(map(str, path))}" changes, which the API server refuses', _CURE)


def _immutable(before: Subject, after: Subject) -> tuple[Path, ...]:
    kind = f"{before.known.name}.{before.known.group}" if before.known.group else before.known.name
    if kind == "StatefulSet.apps":
        fields = {**mapping(before.data.get("spec")), **mapping(after.data.get("spec"))}
        return tuple(("spec", name) for name in fields if name not in _OF_STATEFUL_SETS)
    if kind in {"ConfigMap", "Secret"} and before.data.get("immutable") is True:
        return (*_FIELDS.get(kind, ()), ("data",), ("binaryData",), ("immutable",))
    return _FIELDS.get(kind, ())


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = mapping(data).get(str(step))
    return data
