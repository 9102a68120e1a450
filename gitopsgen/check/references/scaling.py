"""What scales what: the targets of autoscalers.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject, mapping, text
from gitopsgen.schemas import split_api_version


def autoscalers(cluster: Cluster) -> Iterator[Subject]:
    """Give all objects that change the replicas of another."""
    yield from cluster.of("HorizontalPodAutoscaler", "autoscaling")
    yield from cluster.of("ScaledObject", "keda.sh")


def target_of(cluster: Cluster, autoscaler: Subject) -> tuple[str, str, Subject | None]:
    """Give kind and name of what an autoscaler names, and the object, None where it does not exist."""
    reference = mapping(mapping(autoscaler.data.get("spec")).get("scaleTargetRef"))
    kind, name = text(reference.get("kind")) or "Deployment", text(reference.get("name"))
    default = "apps/v1" if autoscaler.known.name == "ScaledObject" else ""
    group, _ = split_api_version(text(reference.get("apiVersion")) or default)
    return kind, name, cluster.get(kind, name, autoscaler.namespace, group)
