"""A policy that selects the pods of a Gateway by their labels.

What it finds:
    An AuthorizationPolicy, RequestAuthentication, Telemetry or WasmPlugin with a `selector` for pods that a Gateway of
    the Gateway API is made of, and without `targetRef` or `targetRefs`.

Why:
    Such a Gateway heeds only policies that name it: requests pass as if there were none. `istioctl analyze` says
    IST0166.

Example:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}
      action: DENY
      rules: [{to: [{operation: {paths: [/admin]}}]}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: edge-istio, namespace: ingress, labels: {gateway.networking.k8s.io/gateway-name: edge}}
    spec: {containers: []}

Instead:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: edge, namespace: ingress}
    spec:
      targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
      action: DENY
      rules: [{to: [{operation: {paths: [/admin]}}]}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: edge-istio, namespace: ingress, labels: {gateway.networking.k8s.io/gateway-name: edge}}
    spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG756", "ineffective-selector", Severity.WARNING, is_shared=True)
_POLICIES: Final = (
    ("AuthorizationPolicy", "security.istio.io"),
    ("RequestAuthentication", "security.istio.io"),
    ("Telemetry", "telemetry.istio.io"),
    ("WasmPlugin", "extensions.istio.io"),
)
_NAME: Final = "gateway.networking.k8s.io/gateway-name"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report policies that a Gateway does not heed."""
    for kind, group in _POLICIES:
        for policy in cluster.of(kind, group):
            spec = mapping(policy.data.get("spec"))
            wanted = mapping(mapping(spec.get("selector")).get("matchLabels"))
            if not wanted or spec.get("targetRef") or spec.get("targetRefs"):
                continue
            for labels in _gateway_pods(cluster, policy.namespace):
                if wanted.items() <= labels.items():
                    gateway = text(labels[_NAME])
                    message = f'{policy} selects the pods of the Gateway "{gateway}", which heeds no selectors'
                    yield policy.found(("spec", "selector"), message, "name the Gateway in targetRefs")
                    break


def _gateway_pods(cluster: Cluster, namespace: str) -> Iterator[Mapping[str, Any]]:
    """Give the labels of pods of Gateways: of those that are there, and of those that a controller will make."""
    yield from (labels for _, labels in cluster.pods(namespace) if _NAME in labels)
    for gateway in cluster.of("Gateway", "gateway.networking.k8s.io"):
        if gateway.namespace == namespace:
            yield {_NAME: gateway.name}
