"""A namespace with workloads and without guard rails.

What it finds:
    A Namespace in which workloads stand, and that lacks the level of Pod Security, a ResourceQuota, a LimitRange, or
    a NetworkPolicy that denies by default.

Why:
    Without the label every pod may be privileged; without a quota one mistake takes the whole cluster; without limits
    by default a container that asks for nothing gets everything; without the policy every pod reaches every other.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: core, namespace: shop}
    spec: {containers: []}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
    ---
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: shop, namespace: shop}
    spec: {hard: {pods: "10"}}
    ---
    apiVersion: v1
    kind: LimitRange
    metadata: {name: shop, namespace: shop}
    spec: {limits: [{type: Container, default: {memory: 64Mi}}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: default-deny, namespace: shop}
    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: core, namespace: shop}
    spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.schemas.wording import listed

RULE = Rule("GG534", "unguarded-namespace", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report namespaces that lack a guard rail."""
    inhabited = {workload.namespace for workload in cluster.workloads()}
    for subject in cluster.of("Namespace"):
        lacking = list(_lacking(cluster, subject)) if subject.name in inhabited else []
        if lacking:
            message = f'the namespace "{subject.name}" has workloads, but no {listed(lacking)}'
            yield subject.found(("metadata", "name"), message, "use the component namespace")


def _lacking(cluster: Cluster, namespace: Subject) -> Iterator[str]:
    if "pod-security.kubernetes.io/enforce" not in mapping(namespace.metadata.get("labels")):
        yield "pod-security.kubernetes.io/enforce"
    for kind in ("ResourceQuota", "LimitRange"):
        if not any(each.namespace == namespace.name for each in cluster.of(kind)):
            yield kind
    policies = cluster.of("NetworkPolicy", "networking.k8s.io")
    if not any(each.namespace == namespace.name and _denies(each) for each in policies):
        yield "NetworkPolicy that denies by default"


def _denies(policy: Subject) -> bool:
    spec = mapping(policy.data.get("spec"))
    types = sequence(spec.get("policyTypes"))
    is_whole = not mapping(spec.get("podSelector")) and "Ingress" in types and "Egress" in types
    return is_whole and not (spec.get("ingress") or spec.get("egress"))
