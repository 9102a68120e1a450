"""An autoscaler whose target does not exist.

What it finds:
    A HorizontalPodAutoscaler or ScaledObject whose `scaleTargetRef` names no object of the cluster, or whose
    container metric names no container of it.

Why:
    It scales nothing and says so only in its status; the workload stays at its first size.

Example:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: payment-gatway}
      maxReplicas: 17

Instead:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: payment-gateway}
      maxReplicas: 17
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app: payment-gateway}}
      template:
        metadata: {labels: {app: payment-gateway}}
        spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import containers
from gitopsgen.check.references.scaling import autoscalers, target_of
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import listed, suggestion

RULE = Rule("GG501", "dangling-scale-target", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report autoscalers that scale nothing."""
    for subject in autoscalers(cluster):
        kind, name, target = target_of(cluster, subject)
        if target is None:
            known = [other.name for other in cluster.workloads() if other.namespace == subject.namespace]
            message = f'{subject} scales the {kind} "{name}", which no manifest of the cluster describes'
            yield subject.found(("spec", "scaleTargetRef", "name"), message, suggestion(name, known))
        else:
            yield from _containers(subject, target)


def _containers(subject: Subject, target: Subject) -> Iterator[Found]:
    names = [text(container.get("name")) for _, container in containers(target)]
    for index, metric in enumerate(sequence(mapping(subject.data.get("spec")).get("metrics"))):
        name = text(mapping(mapping(metric).get("containerResource")).get("container"))
        if name and names and name not in names:
            message = f'{subject} measures the container "{name}", expected one of {listed(names)}'
            yield subject.found(("spec", "metrics", index, "containerResource", "container"), message)
