"""A Sidecar where there are no sidecars.

What it finds:
    A Sidecar without `workloadSelector` in a Namespace of an ambient mesh.

Why:
    Pods of an ambient mesh have no proxy of their own; nothing reads the object. `istioctl analyze` says IST0167.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio.io/dataplane-mode: ambient}}
    ---
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: {name: default, namespace: payment}
    spec: {egress: [{hosts: ["./*"]}]}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio-injection: enabled}}
    ---
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: {name: default, namespace: payment}
    spec: {egress: [{hosts: ["./*"]}]}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.istio.sidecars import namespace_labels
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG747", "idle-sidecar", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report Sidecars that nothing reads."""
    for sidecar in cluster.of("Sidecar", NETWORKING):
        labels = namespace_labels(cluster, sidecar)
        has_proxies = labels.get("istio-injection") == "enabled" or bool(labels.get("istio.io/rev"))
        selected = mapping(mapping(mapping(sidecar.data.get("spec")).get("workloadSelector")).get("labels"))
        if labels.get("istio.io/dataplane-mode") == "ambient" and not has_proxies and not selected:
            message = f"nothing reads {sidecar}: the pods of its namespace are in an ambient mesh, without proxies"
            yield sidecar.found(("metadata", "name"), message, "an AuthorizationPolicy or a waypoint has effect there")
