"""The pods that operators make from objects which have no pod template.

Knows their labels only, from the operators' own documentation: prometheus-operator's, and Istio's for gateways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject, mapping

_MONITORING = "monitoring.coreos.com"
_PROGRAMS = {"Alertmanager": "alertmanager", "Prometheus": "prometheus", "PrometheusAgent": "prometheus-agent"}


def operated(cluster: Cluster) -> Iterator[tuple[Subject, Mapping[str, Any]]]:
    """Give each object that an operator makes pods from, with the labels of these pods."""
    for kind, program in _PROGRAMS.items():
        for subject in cluster.of(kind, _MONITORING):
            yield subject, _monitoring_labels(subject, program)
    for subject in cluster.of("Gateway", "gateway.networking.k8s.io"):
        labels = mapping(mapping(mapping(subject.data.get("spec")).get("infrastructure")).get("labels"))
        yield subject, {"gateway.networking.k8s.io/gateway-name": subject.name, **labels}


def _monitoring_labels(subject: Subject, program: str) -> Mapping[str, Any]:
    own = mapping(mapping(mapping(subject.data.get("spec")).get("podMetadata")).get("labels"))
    return {
        **own,
        "app.kubernetes.io/instance": subject.name,
        "app.kubernetes.io/managed-by": "prometheus-operator",
        "app.kubernetes.io/name": program,
        "operator.prometheus.io/name": subject.name,
        program.removesuffix("-agent"): subject.name,
    }
