"""Two manifests that describe one object.

What it finds:
    Objects of one cluster with the same group, kind, namespace and name, in whatever version.

Why:
    Kustomize refuses the build, and a plain apply silently keeps the last one.

Example:
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: payment-gateway, namespace: payment}
    automountServiceAccountToken: false
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: payment-gateway, namespace: payment}

Instead:
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: payment-gateway, namespace: payment}
    automountServiceAccountToken: false
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: ledger-outbox, namespace: payment}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity

RULE = Rule("GG415", "duplicate-object", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report each object that an earlier manifest describes already."""
    for subject in cluster.subjects:
        first = cluster.same(subject)
        if first is not subject and subject.name:
            message = f'"{subject}" is described twice, first in {first.manifest.file}'
            yield subject.found(("metadata", "name"), message, f"the other comes from {first.manifest.template}")
