"""A Service that selects no pods.

What it finds:
    A Service whose selector matches the pod template of no workload in its namespace.

Why:
    It has no endpoints: every call to it fails, and nothing says why.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {app: gateway}
      ports: [{name: http, port: 80}]

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {app: gateway}
      ports: [{name: http, port: 80}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment, labels: {app: gateway}}
    spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.selection import made_by_operator, pods_selected
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG503", "dangling-service", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report Services without a workload behind them."""
    for subject in cluster.of("Service"):
        labels = mapping(mapping(subject.data.get("spec")).get("selector"))
        if not labels or made_by_operator(labels):
            continue
        if not pods_selected(cluster, subject.namespace, {"matchLabels": labels}):
            message = f'the selector of {subject} matches no pods of the namespace "{subject.namespace}"'
            yield subject.found(("spec", "selector"), message, "use the labels of the workload's pod template")
