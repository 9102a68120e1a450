"""A load that is measured together with its proxy's.

What it finds:
    An autoscaler that goes by the processor time or memory of whole pods (`Resource`), where a sidecar of the mesh
    stands in each pod.

Why:
    The proxy's share counts as the service's. Requests of both are added, too: at seventy percent of the sum the
    service itself may be at its limit, or idle. `ContainerResource` looks at the service alone.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio-injection: enabled}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: payment, namespace: payment}
    spec:
      selector: {matchLabels: {app: payment}}
      template:
        metadata: {labels: {app: payment}}
        spec: {containers: [{name: payment}]}
    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: payment, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: payment}
      maxReplicas: 10
      metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio-injection: enabled}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: payment, namespace: payment}
    spec:
      selector: {matchLabels: {app: payment}}
      template:
        metadata: {labels: {app: payment}}
        spec: {containers: [{name: payment}]}
    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: payment, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: payment}
      maxReplicas: 10
      metrics:
        - type: ContainerResource
          containerResource: {container: payment, name: cpu, target: {type: Utilization, averageUtilization: 70}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.sidecars import has_sidecar, namespace_labels
from gitopsgen.check.references.scaling import target_of
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence

RULE = Rule("GG726", "diluted-metric", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report metrics of whole pods where a proxy stands in them."""
    for autoscaler in cluster.of("HorizontalPodAutoscaler", "autoscaling"):
        _, _, target = target_of(cluster, autoscaler)
        if target is None or not has_sidecar(target, namespace_labels(cluster, target)):
            continue
        for index, metric in enumerate(sequence(mapping(autoscaler.data.get("spec")).get("metrics"))):
            if mapping(metric).get("type") == "Resource":
                message = f"{autoscaler} counts what the proxies beside {target} use as its load"
                hint = "use ContainerResource, and name the container of the service"
                yield autoscaler.found(("spec", "metrics", index, "type"), message, hint)
