"""An autoscaler that may go to zero and could not come back.

What it finds:
    A HorizontalPodAutoscaler with `minReplicas: 0` that has no Object or External metric, or on a Kubernetes
    before 1.37; a ScaledObject that may go to zero (the default) with nothing but `cpu` and `memory` triggers.

Why:
    Where no pod runs, none uses processor time or memory, so nothing ever asks for the first pod. Before 1.37
    the API server refuses `minReplicas: 0` unless the gate HPAScaleToZero is open; KEDA's webhook refuses
    such a ScaledObject.

Example:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: function, namespace: risk}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: function}
      minReplicas: 0
      maxReplicas: 100
      metrics:
        - type: Resource
          resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}

Instead:
    apiVersion: keda.sh/v1alpha1
    kind: ScaledObject
    metadata: {name: function, namespace: risk}
    spec:
      scaleTargetRef: {name: function}
      minReplicaCount: 0
      maxReplicaCount: 100
      triggers:
        - type: external-push
          metadata: {scalerAddress: "keda-add-ons-http-external-scaler.keda:9090", interceptorRoute: function}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas import Bundled

RULE = Rule(
    "GG522",
    "unwakeable-workload",
    Severity.ERROR,
    on=of_kind("HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"),
    is_shared=True,
)
_OF_PODS = frozenset({"cpu", "memory"})
_FROM_OUTSIDE = frozenset({"External", "Object"})
_GATE_IS_OPEN = (1, 37)


def check(subject: Subject) -> Iterator[Found]:
    """Report what would sleep for ever."""
    if subject.known.name == "ScaledObject":
        yield from _scaled_object(subject)
    else:
        yield from (found._replace(refused=True) for found in _autoscaler(subject))


def _autoscaler(subject: Subject) -> Iterator[Found]:
    spec = mapping(subject.data.get("spec"))
    if spec.get("minReplicas") != 0 or isinstance(spec.get("minReplicas"), bool):
        return
    field = ("spec", "minReplicas")
    if not any(text(mapping(metric).get("type")) in _FROM_OUTSIDE for metric in sequence(spec.get("metrics"))):
        message = "zero pods have no processor time or memory to measure, so nothing wakes the first"
        yield subject.found(field, message, "use a ScaledObject with a trigger from outside, or at least 1")
    elif (version := _kubernetes(subject)) < _GATE_IS_OPEN:
        message = f"Kubernetes {version[0]}.{version[1]} refuses zero, expected at least 1 before 1.37"
        yield subject.found(field, message, "the gate HPAScaleToZero is closed by default; use a ScaledObject")


def _scaled_object(subject: Subject) -> Iterator[Found]:
    spec = mapping(subject.data.get("spec"))
    kinds = {text(mapping(trigger).get("type")) for trigger in sequence(spec.get("triggers"))}
    if spec.get("minReplicaCount", 0) == 0 and kinds and kinds <= _OF_PODS:
        field = ("spec", "minReplicaCount") if "minReplicaCount" in spec else ("spec",)
        message = "triggers on processor time and memory cannot wake the first pod"
        yield subject.found(field, message, "set minReplicaCount to at least 1, or add a trigger from outside the pods")


def _kubernetes(subject: Subject) -> tuple[int, int]:
    version = next((source.kubernetes for source in subject.known.sources if isinstance(source, Bundled)), "1.0")
    major, _, minor = version.partition(".")
    return int(major), int(minor)
