"""A runtime class that does not exist.

What it finds:
    Pods whose `runtimeClassName` is neither described by a manifest nor one of those that K3s brings.

Why:
    The API server refuses the pods: the workload stays at zero replicas.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec: {runtimeClassName: wasm, containers: []}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec: {runtimeClassName: wasmedge-edge, containers: []}
    ---
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: wasmedge-edge}
    handler: wasmedge

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.runtimes import PACKAGED
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG512", "missing-runtime-class", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report runtimes that are not there."""
    described = [subject.name for subject in cluster.of("RuntimeClass", "node.k8s.io")]
    for subject, reference in cluster.referring("RuntimeClass"):
        if reference.name not in described and reference.name not in PACKAGED:
            message = f'{subject} has the runtime class "{reference.name}", which no manifest describes'
            yield subject.found(reference.field, message, suggestion(reference.name, described))
