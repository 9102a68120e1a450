"""A policy of the mesh that applies to nothing.

What it finds:
    An AuthorizationPolicy, RequestAuthentication, PeerAuthentication, Telemetry, ProxyConfig or WasmPlugin whose
    `selector`, or a Sidecar whose `workloadSelector`, matches no pods of its namespace, and one whose `targetRefs` name
    a Service or Gateway that no manifest of the namespace describes.

Why:
    What it should deny is allowed, and what it should measure is not measured, without a word.

Example:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app: gateway}}

Instead:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app: gateway}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment, labels: {app: gateway}}
    spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.references.selection import made_by_operator, pods_selected
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule("GG708", "idle-policy", Severity.ERROR, is_shared=True)
_KINDS = (
    ("AuthorizationPolicy", "security.istio.io"),
    ("PeerAuthentication", "security.istio.io"),
    ("ProxyConfig", NETWORKING),
    ("RequestAuthentication", "security.istio.io"),
    ("Sidecar", NETWORKING),
    ("Telemetry", "telemetry.istio.io"),
    ("WasmPlugin", "extensions.istio.io"),
)
_TARGETS = frozenset(
    {("", "Service"), ("gateway.networking.k8s.io", "Gateway"), ("networking.istio.io", "ServiceEntry")}
)
# policies of the root namespace select pods of all namespaces
_ROOT = "istio-system"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report policies without a target."""
    for kind, group in _KINDS:
        for policy in cluster.of(kind, group):
            spec = mapping(policy.data.get("spec"))
            field, inner = ("workloadSelector", "labels") if kind == "Sidecar" else ("selector", "matchLabels")
            yield from _selector(cluster, policy, field, mapping(mapping(spec.get(field)).get(inner)))
            for index, reference in enumerate(sequence(spec.get("targetRefs"))):
                yield from _target(cluster, policy, index, mapping(reference))


def _selector(cluster: Cluster, policy: Subject, field: str, labels: Mapping[str, Any]) -> Iterator[Found]:
    if not labels or policy.namespace == _ROOT or made_by_operator(labels):
        return
    if not pods_selected(cluster, policy.namespace, {"matchLabels": labels}):
        message = f'the selector of {policy} matches no pods of the namespace "{policy.namespace}"'
        yield policy.found(("spec", field), message, "use the labels of the workload's pod template")


def _target(cluster: Cluster, policy: Subject, index: int, reference: Mapping[str, Any]) -> Iterator[Found]:
    group, kind, name = (text(reference.get(field)) for field in ("group", "kind", "name"))
    if (group, kind) in _TARGETS and cluster.get(kind, name, policy.namespace, group) is None:
        message = f'{policy} is for the {kind} "{name}", which no manifest of its namespace describes'
        yield policy.found(("spec", "targetRefs", index, "name"), message)
