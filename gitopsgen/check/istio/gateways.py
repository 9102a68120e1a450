"""The servers of Istio's Gateways, and the pods that carry them.

Judges nothing. A Gateway selects pods of all namespaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path


def servers(cluster: Cluster) -> Iterator[tuple[Subject, Path, Mapping[str, Any]]]:
    """Give each server of each Gateway, with its path."""
    for gateway in cluster.of("Gateway", NETWORKING):
        for path, server in members(gateway.data, "spec", "servers", EACH):
            yield gateway, path, mapping(server)


def selector(gateway: Subject) -> Mapping[str, Any]:
    """Give the labels of the pods that a Gateway is for; none for all."""
    return mapping(mapping(gateway.data.get("spec")).get("selector"))


def carriers(cluster: Cluster, gateway: Subject) -> list[tuple[Subject, Mapping[str, Any]]]:
    """Give what makes the pods that a Gateway is for, with their labels."""
    wanted = {"matchLabels": selector(gateway)}
    return [
        (subject, labels)
        for namespace in sorted(cluster.namespaces)
        for subject, labels in cluster.pods(namespace)
        if matches(wanted, labels)
    ]
