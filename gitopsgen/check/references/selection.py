"""Which pods a selector selects.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitopsgen.check.cluster import Cluster, matches
from gitopsgen.check.pods import pod_labels
from gitopsgen.check.rule import Subject

# pods with such labels are made by operators from objects that have no pod template
_OPERATORS = (
    "app.kubernetes.io/managed-by",
    "cnpg.io/",
    "common.k8s.elastic.co/",
    "elasticsearch.k8s.elastic.co/",
    "gateway.networking.k8s.io/",
    "istio.io/gateway-name",
    "kubevirt.io/",
    "operator.prometheus.io/",
    "strimzi.io/",
)


def pods_selected(cluster: Cluster, namespace: str, selector: Mapping[str, Any]) -> list[Subject]:
    """Give the workloads of a namespace whose pods a LabelSelector selects."""
    return [
        subject
        for subject in cluster.workloads()
        if subject.namespace == namespace and matches(selector, pod_labels(subject))
    ]


def made_by_operator(labels: Mapping[str, Any]) -> bool:
    """Whether a selector asks for pods that no manifest describes."""
    return any(key.startswith(_OPERATORS) for key in labels)
