"""How many pods of a workload there are at least, as far as manifests tell.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.scaling import autoscalers, fewest_pods, target_of
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping

_KINDS = ("Deployment", "StatefulSet")


def several(cluster: Cluster) -> Iterator[tuple[Subject, int]]:
    """Give each workload that has two pods or more, with their least number."""
    scaled = {
        id(target): fewest_pods(autoscaler)
        for autoscaler in autoscalers(cluster)
        if (target := target_of(cluster, autoscaler)[2]) is not None
    }
    for kind in _KINDS:
        for subject in cluster.of(kind, "apps"):
            number = scaled.get(id(subject), mapping(subject.data.get("spec")).get("replicas"))
            if isinstance(number, int) and number > 1:
                yield subject, number
