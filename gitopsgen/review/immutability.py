"""Which fields of Kubernetes' own kinds no update may change, and whether two versions of an object change one.

Facts from the API server's validation of updates (`pkg/apis/*/validation` of Kubernetes 1.30 and 1.35), tried with real
servers by `tests/real/test_updates.py`. Both versions are what one manager applies: a field that the new one leaves out
is taken away, and gets the server's default again; what the server or a controller set stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path
from gitopsgen.review.defaults import with_defaults


class Refusal(NamedTuple):
    """A change that a server refuses: the field that may not change, and where below it both versions differ.

    `place` is as much of that as the new version has, to point at; the values are None where there is none.
    """

    fixed: Path
    place: Path
    differing: Path
    old: Any
    new: Any


_FIELDS: Final[Mapping[str, tuple[Path, ...]]] = {
    "CSIDriver.storage.k8s.io": (("spec", "attachRequired"), ("spec", "volumeLifecycleModes")),
    "CSIStorageCapacity.storage.k8s.io": (("nodeTopology",), ("storageClassName",)),
    "CertificateSigningRequest.certificates.k8s.io": (("spec",),),
    "ClusterRoleBinding.rbac.authorization.k8s.io": (("roleRef",),),
    "ControllerRevision.apps": (("data",),),
    "CustomResourceDefinition.apiextensions.k8s.io": (
        ("spec", "group"),
        ("spec", "scope"),
        ("spec", "names", "plural"),
        ("spec", "names", "kind"),
    ),
    "DaemonSet.apps": (("spec", "selector"),),
    "Deployment.apps": (("spec", "selector"),),
    "EndpointSlice.discovery.k8s.io": (("addressType",),),
    "IngressClass.networking.k8s.io": (("spec", "controller"),),
    "Job.batch": tuple(
        ("spec", name)
        for name in (
            "selector",
            "template",
            "completions",
            "completionMode",
            "podFailurePolicy",
            "backoffLimitPerIndex",
            "managedBy",
            "successPolicy",
        )
    ),
    "PersistentVolume": (("spec", "volumeMode"),),
    "PriorityClass.scheduling.k8s.io": (("value",), ("preemptionPolicy",)),
    "ReplicaSet.apps": (("spec", "selector"),),
    "ResourceClaim.resource.k8s.io": (("spec",),),
    "ResourceClaimTemplate.resource.k8s.io": (("spec",),),
    "ResourceQuota": (("spec", "scopes"),),
    "RoleBinding.rbac.authorization.k8s.io": (("roleRef",),),
    "RuntimeClass.node.k8s.io": (("handler",),),
    "Secret": (("type",),),
    "StorageClass.storage.k8s.io": (("provisioner",), ("parameters",), ("reclaimPolicy",), ("volumeBindingMode",)),
    "VolumeAttributesClass.storage.k8s.io": (("driverName",), ("parameters",)),
}
# Of these the whole specification is fixed, but what is named here.
_FREE: Final[Mapping[str, frozenset[str]]] = {
    "StatefulSet.apps": frozenset(
        {
            "minReadySeconds",
            "ordinals",
            "persistentVolumeClaimRetentionPolicy",
            "replicas",
            "revisionHistoryLimit",
            "template",
            "updateStrategy",
        }
    ),
    # of its requests only that for storage may grow, which is looked at apart
    "PersistentVolumeClaim": frozenset({"volumeAttributesClassName"}),
    "Pod": frozenset({"activeDeadlineSeconds"}),
    # beside its source, which has a field for each kind of storage
    "PersistentVolume": frozenset(
        {
            "accessModes",
            "capacity",
            "claimRef",
            "mountOptions",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "volumeAttributesClassName",
            "volumeMode",
        }
    ),
}
_LATER: Final = {("StatefulSet.apps", "revisionHistoryLimit"): (1, 33)}  # free since then
_RESOURCES_OF_SUSPENDED: Final = (1, 36)


def refusals(kind: str, old: Any, new: Any, version: tuple[int, ...]) -> Iterator[Refusal]:
    """Give what a server of a version refuses of an update; `kind` is `Kind` or `Kind.group`."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return
    before, after = with_defaults(kind, old), with_defaults(kind, new)
    for path in _paths(kind, before, after, version):
        was, will = _at(before, path), _at(after, path)
        if was != will and not _is_allowed(kind, path, (before, after), version):
            yield _refusal(path, was, will, (old, new))


def frozen(kind: str, old: Any, new: Any) -> Iterator[Refusal]:
    """Give what a server refuses of an update of a ConfigMap or Secret that was made immutable."""
    if kind not in {"ConfigMap", "Secret"} or not isinstance(old, dict) or old.get("immutable") is not True:
        return
    if new.get("immutable") is not True:
        yield Refusal(
            ("immutable",), _there(new, ("immutable",)), ("immutable",), old["immutable"], new.get("immutable")
        )
    before, after = with_defaults(kind, old), with_defaults(kind, new)
    for name in ("data", "binaryData"):
        if _at(before, (name,)) != _at(after, (name,)):
            yield _refusal((name,), _at(before, (name,)), _at(after, (name,)), (old, new))


def _paths(kind: str, old: Any, new: Any, version: tuple[int, ...]) -> Iterator[Path]:
    yield from _FIELDS.get(kind, ())
    if kind == "Service":
        yield from _of_service(old, new)
    if kind in _FREE:
        free = {name for name in _FREE[kind] if version >= _LATER.get((kind, name), ())}
        fields = {**mapping(old.get("spec")), **mapping(new.get("spec"))}
        yield from (("spec", name) for name in fields if name not in free)


def _of_service(old: Any, new: Any) -> Iterator[Path]:
    """Give the fields that are fixed while the Service stays of a type that has them."""
    types = [_at(one, ("spec", "type")) for one in (old, new)]
    if "ExternalName" not in types and _at(new, ("spec", "clusterIP")):
        yield ("spec", "clusterIP")
    if types == ["LoadBalancer", "LoadBalancer"]:
        yield ("spec", "loadBalancerClass")
        if _at(old, ("spec", "externalTrafficPolicy")) == "Local" == _at(new, ("spec", "externalTrafficPolicy")):
            yield ("spec", "healthCheckNodePort")


def _is_allowed(kind: str, path: Path, states: tuple[Any, Any], version: tuple[int, ...]) -> bool:  # noqa: PLR0911 - one line a fact
    """Tell whether a fixed field may change here all the same."""
    old, new = states
    was, will = _at(old, path), _at(new, path)
    match kind, path[-1]:
        case "Job.batch", "completions":
            # an elastic Indexed Job: both change together
            spec = mapping(new.get("spec"))
            return bool(
                spec.get("completionMode") == "Indexed" and will is not None and will == spec.get("parallelism")
            )
        case "Job.batch", "template":
            is_suspended = _at(old, ("spec", "suspend")) is True
            return is_suspended and _without_directives(was, version) == _without_directives(will, version)
        case "PersistentVolumeClaim", "resources":
            return _without_storage(was) == _without_storage(will)  # whether it shrinks is asked apart
        case ("PersistentVolumeClaim", "volumeName") | ("PersistentVolume", "nodeAffinity"):
            return was is None
        case "Service", "clusterIP" | "healthCheckNodePort":
            return was is None or will is None  # what the server gave stays
        case "Pod", "tolerations":  # more may come
            known = [_without_seconds(one) for one in sequence(will)]
            return all(_without_seconds(one) in known for one in sequence(was))
        case "Pod", "containers" | "initContainers":
            return _without_images(was) == _without_images(will)
        case _:
            return False


def _without_directives(template: Any, version: tuple[int, ...]) -> tuple[Any, ...]:
    """Give a template without what may change until a suspended Job first ran.

    Requests and limits are among it by default since 1.36: https://www.kubernetes.dev/resources/keps/5440/.
    """
    spec = dict(mapping(mapping(template).get("spec")))
    for name in ("nodeSelector", "tolerations", "schedulingGates"):
        spec.pop(name, None)
    affinity = {key: one for key, one in mapping(spec.pop("affinity", None)).items() if key != "nodeAffinity"}
    if version >= _RESOURCES_OF_SUSPENDED:
        for name in ("containers", "initContainers"):
            spec[name] = [_without_amounts(one) for one in sequence(spec.get(name))]
    return spec, affinity


def _without_seconds(toleration: Any) -> dict[str, Any]:
    return {key: one for key, one in mapping(toleration).items() if key != "tolerationSeconds"}


def _without_amounts(container: Any) -> dict[str, Any]:
    resources = {
        key: one
        for key, one in mapping(mapping(container).get("resources")).items()
        if key not in {"requests", "limits"}
    }
    return {**mapping(container), "resources": resources}


def _without_storage(resources: Any) -> tuple[Any, Any]:
    requests = {key: one for key, one in mapping(mapping(resources).get("requests")).items() if key != "storage"}
    return requests, _at(resources, ("limits",))


def _without_images(containers: Any) -> list[dict[str, Any]]:
    return [{key: value for key, value in mapping(one).items() if key != "image"} for one in sequence(containers)]


def _refusal(path: Path, old: Any, new: Any, states: tuple[Any, Any]) -> Refusal:
    """Go down to the first place in which both differ; what is told is what stands in the manifests."""
    steps: list[str | int] = list(path)
    while (step := _differing(old, new)) is not None:
        old, new = _at(old, (step,)), _at(new, (step,))
        steps.append(step)
    place = tuple(steps)
    return Refusal(path, _there(states[1], place), place, *(_at(state, place) for state in states))


def _differing(old: Any, new: Any) -> str | int | None:
    if isinstance(old, dict) and isinstance(new, dict):
        return next(str(key) for key in {**new, **old} if old.get(key) != new.get(key))
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return next(index for index, one in enumerate(old) if one != new[index])
    return None


def _there(data: Any, path: Path) -> Path:
    """Give the part of a path that is there."""
    for length, step in enumerate(path):
        data = _at(data, (step,))
        if data is None:
            return path[:length]
    return path


def _at(data: Any, path: Path) -> Any:
    for step in path:
        if isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data
