"""A workload with two autoscalers.

What it finds:
    Two of HorizontalPodAutoscaler, ScaledObject and HTTPScaledObject that scale one workload.

Why:
    Each sets the number of pods by its own measure, and undoes what the other did; KEDA makes a
    HorizontalPodAutoscaler of its own, so one by hand beside it is a second.

Example:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: function, namespace: risk}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: function}
      maxReplicas: 32
    ---
    apiVersion: keda.sh/v1alpha1
    kind: ScaledObject
    metadata: {name: function, namespace: risk}
    spec:
      scaleTargetRef: {name: function}
      triggers: [{type: prometheus, metadata: {}}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: function, namespace: risk}
    spec: {template: {spec: {containers: []}}}

Instead:
    apiVersion: keda.sh/v1alpha1
    kind: ScaledObject
    metadata: {name: function, namespace: risk}
    spec:
      scaleTargetRef: {name: function}
      triggers:
        - {type: prometheus, metadata: {}}
        - {type: cpu, metricType: Utilization, metadata: {value: "70"}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: function, namespace: risk}
    spec: {template: {spec: {containers: []}}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.scaling import autoscalers, target_of
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity

RULE = Rule("GG521", "contested-scale-target", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report the second autoscaler of a workload."""
    owners: dict[tuple[str, str, str], Subject] = {}
    for subject in autoscalers(cluster):
        kind, name, _ = target_of(cluster, subject)
        owner = owners.setdefault((subject.namespace, kind, name), subject)
        # described twice is another mistake
        is_same = (owner.known.name, owner.name) == (subject.known.name, subject.name)
        if name and not is_same:
            message = f'{subject} scales the {kind} "{name}", which {owner} scales already'
            yield subject.found(("spec", "scaleTargetRef", "name"), message, "leave one of them")
