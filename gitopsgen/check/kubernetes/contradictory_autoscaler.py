"""An autoscaler whose bounds or metrics contradict each other.

What it finds:
    A HorizontalPodAutoscaler with more replicas at least than at most; a metric of one type with the source
    of another, without a target, or with two; a behavior with an empty list of policies.

Why:
    The API server refuses the object.

Example:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: payment-gateway}
      minReplicas: 6
      maxReplicas: 4
      metrics:
        - type: Resource
          resource: {name: cpu, target: {type: Utilization}}

Instead:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: payment-gateway}
      minReplicas: 4
      maxReplicas: 6
      metrics:
        - type: Resource
          resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.check import names
from gitopsgen.check.kubernetes import resources
from gitopsgen.check.kubernetes.lenience import release
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG467",
    "contradictory-autoscaler",
    Severity.ERROR,
    on=of_kind("HorizontalPodAutoscaler.autoscaling"),
    is_shared=True,
    refused_by=API_SERVER,
)
# By type of a metric: the field that holds it, and the targets of which it wants one.
_SOURCES: Final = {
    "ContainerResource": ("containerResource", ("averageUtilization", "averageValue")),
    "External": ("external", ("value", "averageValue")),
    "Object": ("object", ("value", "averageValue")),
    "Pods": ("pods", ("averageValue",)),
    "Resource": ("resource", ("averageUtilization", "averageValue")),
}
_GROUPED: Final = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")  # of no group are other kinds
_JUDGED: Final = [1, 34]  # the oldest server tried that refuses it; 1.30 takes it, and finds nothing to scale
_WITH_BOTH: Final = "object"  # of whose targets the server takes both


def check(subject: Subject) -> Iterator[Found]:
    """Report bounds, metrics and behaviors that are refused."""
    spec = mapping(subject.data.get("spec"))
    most, least = spec.get("maxReplicas"), spec.get("minReplicas")
    least = 1 if least is None else least
    if isinstance(most, int) and isinstance(least, int) and 1 <= most < least:
        message = f"{subject} allows {most} replicas, expected at least its minimum, {least}"
        yield subject.found(("spec", "maxReplicas"), message)
    if subject.known.api_version != "autoscaling/v2":
        return
    target = mapping(spec.get("scaleTargetRef"))
    if target.get("kind") in _GROUPED and "/" not in text(target.get("apiVersion")):
        message = f"{subject} scales a {target['kind']} of no API group, expected apps/v1"
        found = subject.found(("spec", "scaleTargetRef", "apiVersion"), message)
        yield found._replace(refused=release(subject.known.kind) >= _JUDGED)
    metrics = sequence(spec.get("metrics"))
    for index, metric in enumerate(metrics):
        yield from _metric(subject, mapping(metric), ("spec", "metrics", index))
    for direction, scaling in mapping(spec.get("behavior")).items():
        if mapping(scaling).get("policies") == []:
            message = f"{subject} has no policy for {direction}, expected at least one, or no list"
            yield subject.found(("spec", "behavior", direction, "policies"), message)


def _metric(subject: Subject, metric: Mapping[str, Any], path: Path) -> Iterator[Found]:
    sort = text(metric.get("type"))
    if sort not in _SOURCES:
        return  # reported as an unknown value
    source, targets = _SOURCES[sort]
    if metric.get(source) is None:
        yield subject.found((*path, source), f"a metric of {subject} has the type {sort}, expected the field {source}")
    elif isinstance(metric[source], dict):
        yield from _target(subject, source, mapping(metric[source].get("target")), (*path, source, "target"), targets)
        yield from _names(subject, source, metric[source], (*path, source))
    for other, _ in _SOURCES.values():
        if other != source and metric.get(other) is not None:
            message = f"a metric of {subject} has the type {sort} and the field {other}, expected {source} alone"
            yield subject.found((*path, other), message)


def _names(subject: Subject, source: str, given: Mapping[str, Any], path: Path) -> Iterator[Found]:
    container, resource = text(given.get("container")), text(given.get("name"))
    metric = text(mapping(given.get("metric")).get("name"))
    if isinstance(given.get("container"), str) and (expected := names.dns_label(container)):
        yield subject.found((*path, "container"), f'the container "{container}" must be {expected}')
    if resource and source == "containerResource" and (expected := resources.of_container(resource)):
        yield subject.found((*path, "name"), f'the resource "{resource}" must be {expected}')
    if metric and (expected := names.path_segment(metric)):
        yield subject.found((*path, "metric", "name"), f'the metric "{metric}" must be {expected}')


def _target(
    subject: Subject, source: str, target: Mapping[str, Any], path: Path, wanted: tuple[str, ...]
) -> Iterator[Found]:
    given = [name for name in wanted if target.get(name) is not None]
    if not given and target:
        hint = f"for type {target.get('type')} set one of them"
        field = (*path, "averageValue" if "value" in wanted else wanted[0])
        yield subject.found(field, f"a metric of {subject} has no target, expected {' or '.join(wanted)}", hint)
    elif len(given) > 1 and source != _WITH_BOTH:
        field = (*path, "value" if "value" in given else "averageValue")
        yield subject.found(field, f"a metric of {subject} has {' and '.join(given)}, expected one")
    for name in ("value", "averageValue"):
        number = amount(target.get(name))
        if number is not None and number <= 0:
            yield subject.found((*path, name), f"a metric of {subject} aims at {target[name]}, expected more than 0")
