"""The pods that operators make from objects which have no pod template.

Knows their labels only, from the operators' own documentation: those of Prometheus,
OpenTelemetry, Tempo, KubeVirt and RabbitMQ, and Istio's for gateways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping

Labels = Mapping[str, Any]


def operated_labels(subject: Subject) -> Labels | None:
    """Give the labels of the pods that an operator makes from an object, None where it makes none."""
    found = _LABELS.get((subject.known.group, subject.known.name))
    return found(subject) if found else None


def _monitoring(program: str) -> Callable[[Subject], Labels]:
    def labels(subject: Subject) -> Labels:
        return {
            **_labels(subject, "podMetadata", "labels"),
            "app.kubernetes.io/instance": subject.name,
            "app.kubernetes.io/managed-by": "prometheus-operator",
            "app.kubernetes.io/name": program,
            "operator.prometheus.io/name": subject.name,
            program.removesuffix("-agent"): subject.name,
        }

    return labels


def _gateway(subject: Subject) -> Labels:
    return {"gateway.networking.k8s.io/gateway-name": subject.name, **_labels(subject, "infrastructure", "labels")}


def _collector(subject: Subject) -> Labels:
    return {
        "app.kubernetes.io/component": "opentelemetry-collector",
        "app.kubernetes.io/instance": f"{subject.namespace}.{subject.name}",
        "app.kubernetes.io/managed-by": "opentelemetry-operator",
        "app.kubernetes.io/name": f"{subject.name}-collector",
    }


def _tempo(subject: Subject) -> Labels:
    return {
        "app.kubernetes.io/component": "tempo",
        "app.kubernetes.io/instance": subject.name,
        "app.kubernetes.io/managed-by": "tempo-operator",
        "app.kubernetes.io/name": "tempo-monolithic",
    }


def _machine(subject: Subject) -> Labels:
    return _labels(subject, "template", "metadata", "labels")


def _broker(subject: Subject) -> Labels:
    return {
        "app.kubernetes.io/component": "rabbitmq",
        "app.kubernetes.io/name": subject.name,
        "app.kubernetes.io/part-of": "rabbitmq",
    }


def _labels(subject: Subject, *path: str) -> Labels:
    found = mapping(subject.data.get("spec"))
    for step in path:
        found = mapping(found.get(step))
    return found


_LABELS: Final[Mapping[tuple[str, str], Callable[[Subject], Labels]]] = {
    ("monitoring.coreos.com", "Alertmanager"): _monitoring("alertmanager"),
    ("monitoring.coreos.com", "Prometheus"): _monitoring("prometheus"),
    ("monitoring.coreos.com", "PrometheusAgent"): _monitoring("prometheus-agent"),
    ("gateway.networking.k8s.io", "Gateway"): _gateway,
    ("opentelemetry.io", "OpenTelemetryCollector"): _collector,
    ("tempo.grafana.com", "TempoMonolithic"): _tempo,
    ("kubevirt.io", "VirtualMachine"): _machine,
    ("rabbitmq.com", "RabbitmqCluster"): _broker,
}
