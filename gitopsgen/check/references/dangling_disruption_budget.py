"""A disruption budget that protects nothing.

What it finds:
    A PodDisruptionBudget whose selector matches the pods of no workload in its namespace.

Why:
    Drains evict all replicas at once although somebody meant to forbid it.

Example:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: gateway, namespace: payment}
    spec:
      maxUnavailable: 20%
      selector: {matchLabels: {app: gateway}}

Instead:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: gateway, namespace: payment}
    spec:
      maxUnavailable: 20%
      selector: {matchLabels: {app: gateway}}
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

RULE = Rule("GG513", "dangling-disruption-budget", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report budgets without pods."""
    for subject in cluster.of("PodDisruptionBudget", "policy"):
        selector = mapping(mapping(subject.data.get("spec")).get("selector"))
        # an empty selector means every pod of the namespace
        if not selector or made_by_operator(mapping(selector.get("matchLabels"))):
            continue
        if not pods_selected(cluster, subject.namespace, selector):
            message = f'the selector of {subject} matches no pods of the namespace "{subject.namespace}"'
            yield subject.found(("spec", "selector"), message, "use the labels of the workload's pod template")
