"""How many pods of a workload there are at least, as far as manifests tell.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.scaling import autoscalers, target_of
from gitopsgen.check.rule import Subject, mapping

_KINDS = ("Deployment", "StatefulSet")
_MINIMA: Mapping[str, str] = {"HorizontalPodAutoscaler": "minReplicas", "ScaledObject": "minReplicaCount"}


def several(cluster: Cluster) -> Iterator[tuple[Subject, int]]:
    """Give each workload that has two pods or more, with their least number."""
    scaled = {
        id(target): mapping(autoscaler.data.get("spec")).get(_MINIMA[autoscaler.known.name])
        for autoscaler in autoscalers(cluster)
        if (target := target_of(cluster, autoscaler)[2]) is not None
    }
    for kind in _KINDS:
        for subject in cluster.of(kind, "apps"):
            number = scaled.get(id(subject), mapping(subject.data.get("spec")).get("replicas"))
            if isinstance(number, int) and number > 1:
                yield subject, number
