"""The pods that operators make from objects which have no pod template.

Knows their labels only, from the operators' own documentation: prometheus-operator's, RabbitMQ's, and Istio's for
gateways.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitopsgen.check.rule import Subject, mapping

_PROGRAMS = {"Alertmanager": "alertmanager", "Prometheus": "prometheus", "PrometheusAgent": "prometheus-agent"}


def operated_labels(subject: Subject) -> Mapping[str, Any] | None:
    """Give the labels of the pods that an operator makes from an object, None where it makes none."""
    known, spec = subject.known, mapping(subject.data.get("spec"))
    if known.group == "monitoring.coreos.com" and known.name in _PROGRAMS:
        own = mapping(mapping(spec.get("podMetadata")).get("labels"))
        return {**own, **_monitoring_labels(subject.name, _PROGRAMS[known.name])}
    if known.group == "gateway.networking.k8s.io" and known.name == "Gateway":
        own = mapping(mapping(spec.get("infrastructure")).get("labels"))
        return {"gateway.networking.k8s.io/gateway-name": subject.name, **own}
    if known.group == "rabbitmq.com" and known.name == "RabbitmqCluster":
        broker = {"app.kubernetes.io/component": "rabbitmq", "app.kubernetes.io/part-of": "rabbitmq"}
        return {**broker, "app.kubernetes.io/name": subject.name}
    return None


def _monitoring_labels(name: str, program: str) -> Mapping[str, Any]:
    return {
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/managed-by": "prometheus-operator",
        "app.kubernetes.io/name": program,
        "operator.prometheus.io/name": name,
        program.removesuffix("-agent"): name,
    }
