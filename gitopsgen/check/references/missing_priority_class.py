"""A priority class that does not exist.

What it finds:
    Pods whose `priorityClassName` is neither described by a manifest nor one of Kubernetes' own.

Why:
    The API server creates no pod: the workload stays at zero replicas.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec: {priorityClassName: payment-critical, containers: []}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec: {priorityClassName: payment-critical, containers: []}
    ---
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: payment-critical}
    value: 1000000

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG511", "missing-priority-class", Severity.ERROR, is_shared=True)
_GIVEN = ("system-cluster-critical", "system-node-critical")


def check(cluster: Cluster) -> Iterator[Found]:
    """Report priorities that are not there."""
    known = [*_GIVEN, *(subject.name for subject in cluster.of("PriorityClass", "scheduling.k8s.io"))]
    for subject, reference in cluster.referring("PriorityClass"):
        if reference.name not in known:
            message = f'{subject} has the priority class "{reference.name}", which no manifest describes'
            yield subject.found(reference.field, message, suggestion(reference.name, known))
