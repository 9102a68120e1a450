"""A network policy that guards no pods.

What it finds:
    A NetworkPolicy whose `podSelector` has labels and matches the pods of no workload in its namespace.

Why:
    The flow that it should allow stays closed under a default deny, or the pods that it should guard stay open.

Example:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: gateway-in, namespace: payment}
    spec:
      podSelector: {matchLabels: {app: gateway}}
      policyTypes: [Ingress]

Instead:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: gateway-in, namespace: payment}
    spec:
      podSelector: {matchLabels: {app: gateway}}
      policyTypes: [Ingress]
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

RULE = Rule("GG515", "dangling-network-policy", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report policies without pods."""
    for subject in cluster.of("NetworkPolicy", "networking.k8s.io"):
        selector = mapping(mapping(subject.data.get("spec")).get("podSelector"))
        # an empty selector means every pod of the namespace
        if not selector or made_by_operator(mapping(selector.get("matchLabels"))):
            continue
        if not pods_selected(cluster, subject.namespace, selector):
            message = f'the selector of {subject} matches no pods of the namespace "{subject.namespace}"'
            yield subject.found(("spec", "podSelector"), message, "use the labels of the workload's pod template")
