"""A disruption budget that lets no pod go.

What it finds:
    A PodDisruptionBudget with `maxUnavailable: 0`, or whose `minAvailable` is as large as the number of pods.

Why:
    A drain waits for it for ever: nodes cannot be upgraded, and in the end somebody deletes budget or pods by hand.

Example:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: core, namespace: shop}
    spec:
      minAvailable: 100%
      selector: {matchLabels: {app: core}}

Instead:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: core, namespace: shop}
    spec:
      minAvailable: 90%
      selector: {matchLabels: {app: core}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_labels
from gitopsgen.check.references.replicas import several
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG533", "blocking-disruption-budget", Severity.ERROR, is_shared=True)
_CURE = "let at least one pod go: maxUnavailable: 1"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report budgets that hold up every drain."""
    workloads = list(several(cluster))
    for budget in cluster.of("PodDisruptionBudget", "policy"):
        spec = mapping(budget.data.get("spec"))
        most, least = spec.get("maxUnavailable"), spec.get("minAvailable")
        if _is_number(most, 0, "0%"):
            yield budget.found(("spec", "maxUnavailable"), f"{budget} lets none of its pods go", _CURE)
        elif least == "100%":
            yield budget.found(("spec", "minAvailable"), f"{budget} wants all of its pods", _CURE)
        elif isinstance(least, int):
            yield from _too_many(budget, least, workloads)


def _too_many(budget: Subject, least: int, workloads: list[tuple[Subject, int]]) -> Iterator[Found]:
    selector = mapping(mapping(budget.data.get("spec")).get("selector"))
    for subject, number in workloads:
        if subject.namespace == budget.namespace and matches(selector, pod_labels(subject)) and least >= number:
            message = f"{budget} wants {least} pods, {subject} has {number} of them at least"
            yield budget.found(("spec", "minAvailable"), message, _CURE)


def _is_number(value: Any, number: int, text: str) -> bool:
    return value == text or (type(value) is int and value == number)
