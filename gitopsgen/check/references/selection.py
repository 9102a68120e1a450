"""Which pods a selector selects.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject

_OURSELVES = "gitopsgen"
# pods with such labels are made by operators from objects that have no pod template
_OPERATORS = (
    "cnpg.io/",
    "common.k8s.elastic.co/",
    "elasticsearch.k8s.elastic.co/",
    "gateway.networking.k8s.io/",
    "istio.io/gateway-name",
    "kibana.k8s.elastic.co/",
    "kubevirt.io/",
    "logstash.k8s.elastic.co/",
    "operator.prometheus.io/",
    "strimzi.io/",
)


def pods_selected(cluster: Cluster, namespace: str, selector: Mapping[str, Any]) -> list[Subject]:
    """Give the objects of a namespace whose pods a LabelSelector selects, also those that operators turn into pods."""
    return [subject for subject, labels in cluster.pods(namespace) if matches(selector, labels)]


def made_by_operator(labels: Mapping[str, Any]) -> bool:
    """Whether a selector asks for pods of an operator whose objects are not known here."""
    owner = labels.get("app.kubernetes.io/managed-by", _OURSELVES)
    return owner != _OURSELVES or any(key.startswith(_OPERATORS) for key in labels)
