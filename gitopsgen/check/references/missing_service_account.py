"""A service account that does not exist.

What it finds:
    Pods whose `serviceAccountName` names no ServiceAccount of their namespace.

Why:
    The API server creates no pod: the workload stays at zero replicas.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec: {serviceAccountName: gateway, containers: []}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec: {serviceAccountName: gateway, containers: []}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: gateway, namespace: payment}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG507", "missing-service-account", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report pods whose service account is not there."""
    for subject, reference in cluster.referring("ServiceAccount"):
        # each namespace has a service account of this name
        if reference.name == "default" or cluster.get("ServiceAccount", reference.name, subject.namespace):
            continue
        known = [other.name for other in cluster.of("ServiceAccount") if other.namespace == subject.namespace]
        message = f'{subject} runs as the service account "{reference.name}", which no manifest describes'
        yield subject.found(reference.field, message, suggestion(reference.name, known))
