"""What scales what: the targets of autoscalers.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.schemas import split_api_version

_LEFT_ALONE = "httpscaledobject.keda.sh/skip-scaledobject-creation"
_KEDA_MOST = 100  # what KEDA and its add-on take where nothing is said


def autoscalers(cluster: Cluster) -> Iterator[Subject]:
    """Give all objects that change the replicas of another."""
    yield from cluster.of("HorizontalPodAutoscaler", "autoscaling")
    yield from cluster.of("ScaledObject", "keda.sh")
    for subject in cluster.of("HTTPScaledObject", "http.keda.sh"):
        # the add-on makes the ScaledObject, unless it is told that there is one
        if mapping(subject.metadata.get("annotations")).get(_LEFT_ALONE) != "true":
            yield subject


def target_of(cluster: Cluster, autoscaler: Subject) -> tuple[str, str, Subject | None]:
    """Give kind and name of what an autoscaler names, and the object, None where it does not exist."""
    reference = mapping(mapping(autoscaler.data.get("spec")).get("scaleTargetRef"))
    kind, name = text(reference.get("kind")) or "Deployment", text(reference.get("name"))
    default = "" if autoscaler.known.name == "HorizontalPodAutoscaler" else "apps/v1"
    group, _ = split_api_version(text(reference.get("apiVersion")) or default)
    return kind, name, cluster.get(kind, name, autoscaler.namespace, group)


def fewest_pods(autoscaler: Subject) -> int | None:
    """Give the fewest pods that an autoscaler asks for, None where that is not a number."""
    spec = mapping(autoscaler.data.get("spec"))
    match autoscaler.known.name:
        case "HorizontalPodAutoscaler":
            fewest = spec.get("minReplicas", 1)
        case "ScaledObject":
            fewest = spec.get("minReplicaCount", 0)
        case _:
            fewest = mapping(spec.get("replicas")).get("min", 0)
    return fewest if isinstance(fewest, int) else None


def most_pods(autoscaler: Subject) -> int | None:
    """Give the most pods that an autoscaler may ask for, None where that is not a number."""
    spec = mapping(autoscaler.data.get("spec"))
    match autoscaler.known.name:
        case "HorizontalPodAutoscaler":
            most = spec.get("maxReplicas")
        case "ScaledObject":
            most = spec.get("maxReplicaCount", _KEDA_MOST)
        case _:
            most = mapping(spec.get("replicas")).get("max", _KEDA_MOST)
    return most if isinstance(most, int) else None
