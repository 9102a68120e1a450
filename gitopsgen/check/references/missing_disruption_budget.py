"""Several pods that a drain may take all at once.

What it finds:
    A Deployment or StatefulSet of two pods or more that no PodDisruptionBudget selects.

Why:
    Whoever drains nodes (an upgrade, an autoscaler of nodes) may evict every pod in one go: the replicas that were to
    survive the loss of a node do not survive its maintenance.

Example:
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: core, namespace: shop}
    spec:
      replicas: 10
      serviceName: core
      selector: {matchLabels: {app: core}}
      template:
        metadata: {labels: {app: core}}
        spec: {containers: []}

Instead:
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: core, namespace: shop}
    spec:
      replicas: 10
      serviceName: core
      selector: {matchLabels: {app: core}}
      template:
        metadata: {labels: {app: core}}
        spec: {containers: []}
    ---
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: core, namespace: shop}
    spec:
      maxUnavailable: 1
      selector: {matchLabels: {app: core}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_labels
from gitopsgen.check.references.replicas import several
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG532", "missing-disruption-budget", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report workloads without a budget."""
    budgets = [
        (budget.namespace, mapping(mapping(budget.data.get("spec")).get("selector")))
        for budget in cluster.of("PodDisruptionBudget", "policy")
    ]
    for subject, number in several(cluster):
        labels = pod_labels(subject)
        if not any(namespace == subject.namespace and matches(selector, labels) for namespace, selector in budgets):
            message = f"no disruption budget selects the {number} pods of {subject}"
            yield subject.found(("metadata", "name"), message, "add a PodDisruptionBudget with maxUnavailable")
