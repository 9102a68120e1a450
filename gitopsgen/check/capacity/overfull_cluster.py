"""Pods that the nodes of their cluster do not hold.

What it finds:
    A cluster on whose nodes some pods find no room when every autoscaler is at its ceiling and every Deployment is
    being rolled out, or then with one node lost, where there is more than one. Counted are also what charts,
    operators, webhooks and runtimes add; docs/capacity.md says what. With a node lost, pods may wait whose priority
    class has `preemptionPolicy: Never`, or whose own neighbours (anti-affinity, spreading) keep them from the others.
    A reason in the cluster's fact `overbooked` makes it a warning.

Why:
    The pods stay pending when the load is highest, a rollout stands still, or the loss of one node takes down what
    the other nodes were to carry.

Example:
    apiVersion: v1
    kind: Node
    metadata: {name: node-1}
    status: {allocatable: {cpu: 3500m, memory: 6300Mi, pods: "60"}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: trading-service, namespace: trading}
    spec:
      replicas: 2
      strategy: {rollingUpdate: {maxSurge: 0}}
      template: {spec: {containers: [{name: service, resources: {requests: {cpu: "2", memory: 2Gi}}}]}}

Instead:
    apiVersion: v1
    kind: Node
    metadata: {name: node-1}
    status: {allocatable: {cpu: 6000m, memory: 13468Mi, pods: "60"}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: trading-service, namespace: trading}
    spec:
      replicas: 2
      strategy: {rollingUpdate: {maxSurge: 0}}
      template: {spec: {containers: [{name: service, resources: {requests: {cpu: "2", memory: 2Gi}}}]}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.capacity import Item, Problem, Setting, Verdict, Workload, judge
from gitopsgen.capacity.likeness import likeness
from gitopsgen.capacity.verdict import peak_of
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text

RULE = Rule(
    "GG801",
    "overfull-cluster",
    Severity.ERROR,
    is_shared=True,
    reckons=frozenset({"sidecar.istio.io/proxyCPU", "sidecar.istio.io/proxyMemory"}),
    reads=frozenset({"deployment", "horizontalPodAutoscaler", "kubelet-arg", "node-taint"}),
)
_SHOWN = 3
_HINT = (
    "lower a ceiling, a surge or a request, give the cluster more or larger nodes, "
    "or say why it may be so: the cluster's fact `overbooked`; `gitopsgen capacity` shows all numbers"
)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report a cluster with pods that find no node."""
    items = [Item(one.manifest.variant.case, one.data, one) for one in cluster.subjects]
    setting = cluster.setting or Setting({})
    verdict = judge(items, cluster.files, setting)
    if verdict is None or _fits(verdict, setting):
        return
    largest = culprit(verdict)
    if largest is None:
        return
    reason = text(setting.facts.get("overbooked"))
    message = described(verdict.problems) + (f" (accepted: {reason})" if reason else "")
    severity = Severity.WARNING if reason else None
    yield Found(largest.claim.item.source, largest.claim.path, message, "" if reason else _HINT, severity)


def _fits(verdict: Verdict, setting: Setting) -> bool:
    key = likeness(verdict.workloads, verdict.nodes)
    if key not in setting.fitting:
        if not verdict.fits:
            return False
        setting.fitting.add(key)
    return True


def described(problems: tuple[Problem, ...]) -> str:
    """Give what does not fit as a sentence."""
    parts = [described_one(one) for one in problems[:_SHOWN]]
    more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    when = "with one node lost" if problems[0].lost else "at the ceiling, in a rollout,"
    return f"the nodes do not hold the cluster's pods: {when} no node takes {', '.join(parts)}{more}"


def described_one(problem: Problem) -> str:
    """Give which pods find no node, and why."""
    one = problem.unplaced
    number = f"{one.pods} pod{'s' if one.pods > 1 else ''} of {one.workload.title}"
    if one.lacks:
        return f"{number} ({one.lacks} is used up)"
    return f"{number} ({'kept apart from each other' if one.is_apart else 'none has its labels, or its taints'})"


def culprit(verdict: Verdict) -> Workload | None:
    """Give the workload to look at first: what is unplaced, or takes most of what is used up, and stands in a manifest.

    None where nothing stands in a manifest.
    """
    first = verdict.problems[0].unplaced
    known = [one for one in verdict.workloads if one.claim.item.source is not None]
    if not first.lacks and first.workload in known:
        return first.workload
    asked = {id(one): one.requests.get(first.lacks, 1) * max(peak_of(one), 1) for one in known}
    return max(known, key=lambda one: asked[id(one)], default=None)
