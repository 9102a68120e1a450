"""A fixed number of replicas under an autoscaler.

What it finds:
    A workload that sets `spec.replicas` while a HorizontalPodAutoscaler or ScaledObject scales it.

Why:
    Every sync sets the number back, and the autoscaler changes it again: capacity drops at each release.

Example:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: gateway, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: gateway}
      maxReplicas: 17
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: gateway, namespace: payment}
    spec:
      replicas: 10
      selector: {matchLabels: {app: gateway}}
      template:
        metadata: {labels: {app: gateway}}
        spec: {containers: []}

Instead:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: gateway, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: gateway}
      minReplicas: 10
      maxReplicas: 17
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app: gateway}}
      template:
        metadata: {labels: {app: gateway}}
        spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.scaling import autoscalers, target_of
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG502", "autoscaled-replicas", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report workloads whose replicas have two owners."""
    for subject in autoscalers(cluster):
        _, _, target = target_of(cluster, subject)
        if target is not None and mapping(target.data.get("spec")).get("replicas") is not None:
            message = f"{target} sets its replicas, but {subject} scales it"
            yield target.found(("spec", "replicas"), message, "leave spec.replicas out; the autoscaler has minReplicas")
