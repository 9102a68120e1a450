"""Pods of the kinds that Kubernetes itself knows, and what scales them.

Jobs run once and are gone; they are not counted. A CronJob has one pod at most, and none usually.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from gitopsgen.capacity.objects import Item, Objects, at, whole
from gitopsgen.capacity.surges import surge
from gitopsgen.capacity.workload import Claim, Path
from gitopsgen.model.unchecked import mapping, text

_LEFT_ALONE: Final = "httpscaledobject.keda.sh/skip-scaledobject-creation"
_KEDA_MOST: Final = 100  # what KEDA and its add-on take where nothing is said


def claims(objects: Objects) -> Iterator[Claim]:
    """Give the claims of all Deployments, StatefulSets, DaemonSets, ReplicaSets, CronJobs and Pods."""
    scalers = _scalers(objects)
    for kind in ("Deployment", "StatefulSet", "ReplicaSet"):
        for item in objects.of(kind, "apps"):
            yield _replicated(item, scalers.get(id(item.data)))
    for item in objects.of("DaemonSet", "apps"):
        yield replace(_claim(item, mapping(item.spec.get("template"))), per_node=True)
    for item in objects.of("CronJob", "batch"):
        if item.spec.get("suspend") is not True:
            template = mapping(at(item.spec, "jobTemplate", "spec", "template"))
            yield replace(_claim(item, template), least=0, path=("spec", "jobTemplate"))
    for item in objects.of("Pod"):
        yield _claim(item, item.data)


def _claim(item: Item, template: Mapping[str, Any]) -> Claim:
    metadata = mapping(template.get("metadata"))
    return Claim(
        item,
        item.kind,
        item.name,
        spec=mapping(template.get("spec")),
        labels=mapping(metadata.get("labels")),
        annotations=mapping(metadata.get("annotations")),
        namespace=item.namespace,
        case=item.case,
    )


def _replicated(item: Item, scaler: tuple[Item, int, int, Path] | None) -> Claim:
    claim = _claim(item, mapping(item.spec.get("template")))
    replicas = whole(item.spec.get("replicas"), 1)
    path: Path = ("spec", "replicas") if "replicas" in item.spec else ("spec",)
    claim = replace(claim, least=replicas, most=replicas, path=path)
    if scaler:
        owner, least, most, path = scaler
        claim = replace(claim, item=owner, least=least, most=max(least, most), path=path, is_scaled=True)
    if item.kind != "Deployment":
        return claim
    return replace(claim, surge=surge(mapping(item.spec.get("strategy")), claim.most))


def _scalers(objects: Objects) -> dict[int, tuple[Item, int, int, Path]]:
    """Give for the data of each target what scales it, its bounds, and where the upper one is set."""
    found: dict[int, tuple[Item, int, int, Path]] = {}
    bounds = [
        *((item, *_of_pods(item)) for item in objects.of("HorizontalPodAutoscaler", "autoscaling")),
        *((item, *_of_keda(item)) for item in objects.of("ScaledObject", "keda.sh")),
        *((item, *_of_http(item)) for item in objects.of("HTTPScaledObject", "http.keda.sh") if _makes_scaler(item)),
    ]
    for item, least, most, path in bounds:
        reference = mapping(item.spec.get("scaleTargetRef"))
        default = "" if item.kind == "HorizontalPodAutoscaler" else "apps/v1"
        group = (text(reference.get("apiVersion")) or default).partition("/")[0]
        target = objects.get(
            text(reference.get("kind")) or "Deployment", text(reference.get("name")), item.namespace, group
        )
        if target is not None:
            found[id(target.data)] = (item, least, most, path)
    return found


def _of_pods(item: Item) -> tuple[int, int, Path]:
    least = whole(item.spec.get("minReplicas"), 1)
    return least, whole(item.spec.get("maxReplicas"), least), ("spec", "maxReplicas")


def _of_keda(item: Item) -> tuple[int, int, Path]:
    least = whole(item.spec.get("minReplicaCount"), 0)
    return least, whole(item.spec.get("maxReplicaCount"), _KEDA_MOST), ("spec", "maxReplicaCount")


def _of_http(item: Item) -> tuple[int, int, Path]:
    replicas = mapping(item.spec.get("replicas"))
    return whole(replicas.get("min"), 0), whole(replicas.get("max"), _KEDA_MOST), ("spec", "replicas", "max")


def _makes_scaler(item: Item) -> bool:
    """Whether the add-on makes a ScaledObject, because it is not told that there is one."""
    return bool(at(item.data, "metadata", "annotations", _LEFT_ALONE) != "true")
