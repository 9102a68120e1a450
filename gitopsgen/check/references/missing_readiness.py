"""Several pods, none of which says when it is ready.

What it finds:
    A Deployment or StatefulSet of two pods or more without a `readinessProbe` in any container.

Why:
    A pod then counts as ready when its process runs. A rollout takes the old pods away before the new ones answer,
    a Service sends requests to pods that cannot serve, and a broken release replaces a sound one to the last pod.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: core, namespace: shop}
    spec:
      replicas: 10
      selector: {matchLabels: {app: core}}
      template:
        metadata: {labels: {app: core}}
        spec: {containers: [{name: core}]}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: core, namespace: shop}
    spec:
      replicas: 10
      selector: {matchLabels: {app: core}}
      template:
        metadata: {labels: {app: core}}
        spec:
          containers:
            - {name: core, readinessProbe: {httpGet: {path: /readyz, port: 8080}}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import containers, spec_path
from gitopsgen.check.references.replicas import several
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity

RULE = Rule("GG531", "missing-readiness", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report workloads whose pods are ready before they are."""
    for subject, number in several(cluster):
        found = [container for _, container in containers(subject)]
        if found and not any("readinessProbe" in container for container in found):
            message = f"none of the containers of {subject} has a readiness probe, expected one for its {number} pods"
            yield subject.found((*spec_path(subject), "containers"), message, "ask the service whether it can serve")
