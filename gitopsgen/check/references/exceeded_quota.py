"""A quota that the workloads of its namespace can exceed.

What it finds:
    A ResourceQuota whose bound is below what the workloads that it counts may ask for together: each with the
    most pods that its autoscaler allows and with the surge of a rollout, overhead of the runtime class included.
    Quotas for some priority classes count their workloads only; quotas with other scopes are left alone.

Why:
    The last pods are refused, and only the ReplicaSet's events say so: the autoscaler asks in vain when the
    load is highest, or a rollout stands still. Where the quota is what the nodes carry, the maxima are too high.

Example:
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: functions, namespace: risk}
    spec: {hard: {pods: "10"}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: function, namespace: risk}
    spec:
      replicas: 10
      strategy: {rollingUpdate: {maxSurge: 2}}
      template: {spec: {containers: [{name: function}]}}

Instead:
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: functions, namespace: risk}
    spec: {hard: {pods: "10"}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: function, namespace: risk}
    spec:
      replicas: 8
      strategy: {rollingUpdate: {maxSurge: 2}}
      template: {spec: {containers: [{name: function}]}}

"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gitopsgen.capacity.quantities import amount, written
from gitopsgen.capacity.quotas import classes
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_spec
from gitopsgen.check.references.demand import Demand, demands
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG523", "exceeded-quota", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report bounds below what may be asked."""
    for quota in cluster.of("ResourceQuota"):
        spec = mapping(quota.data.get("spec"))
        priorities = classes(spec)
        if priorities is None:
            continue
        counted = [each for each in demands(cluster, quota.namespace) if _counts(each.workload, priorities)]
        for resource, bound in mapping(spec.get("hard")).items():
            yield from _judge(quota, resource, amount(bound), counted)


def _judge(quota: Subject, resource: str, bound: Fraction | None, counted: list[Demand]) -> Iterator[Found]:
    parts = [(each, each.of(resource)) for each in counted]
    total = sum((asked for _, asked in parts), Fraction(0))
    if bound is None or total <= bound:
        return
    most = sorted(parts, key=lambda part: -part[1])
    listed = ", ".join(f"{each.workload.name} {written(asked, resource)}" for each, asked in most if asked)
    message = (
        f"{quota} allows {written(bound, resource)} of {resource}, "
        f"but its workloads may ask for {written(total, resource)}, {written(total - bound, resource)} more: {listed}"
    )
    yield quota.found(("spec", "hard", resource), message, "lower a maximum or a surge, or raise the quota")


def _counts(workload: Subject, priorities: frozenset[str]) -> bool:
    return not priorities or text(pod_spec(workload).get("priorityClassName")) in priorities
