"""Pods whose traffic the mesh cannot take.

What it finds:
    Pods with a kernel of their own (Kata Containers) in a namespace of an ambient mesh, and pods of WebAssembly modules
    (runwasi) in one whose pods get a sidecar.

Why:
    Kata moves packets to its guest before the node's redirection sees them: they pass the mesh unseen, without
    identity and encryption. The sidecar needs to execute commands, which a shim of runwasi cannot: the pod does not
    start.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio.io/dataplane-mode: ambient}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: payment, namespace: payment}
    spec: {runtimeClassName: kata-qemu, containers: []}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio-injection: enabled}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: payment, namespace: payment}
    spec: {runtimeClassName: kata-qemu, containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.sidecars import INJECT, has_sidecar, namespace_labels
from gitopsgen.check.pods import pod_labels, spec_path
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.check.runtimes import handler, is_kata, is_runwasi
from gitopsgen.diagnostics import Severity

RULE = Rule("GG725", "lost-redirection", Severity.ERROR, is_shared=True)
_MODE: Final = "istio.io/dataplane-mode"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report pods whose runtime and whose mesh do not go together."""
    for subject in cluster.workloads():
        runtime = handler(cluster, subject)
        namespace = namespace_labels(cluster, subject)
        path = (*spec_path(subject), "runtimeClassName")
        if is_kata(runtime) and _is_ambient(subject, namespace):
            message = f"{subject} runs in a guest of its own, whose traffic an ambient mesh does not see"
            yield subject.found(path, message, "use sidecars there, or leave it out of the mesh")
        elif is_runwasi(runtime) and has_sidecar(subject, namespace):
            message = f"{subject} runs WebAssembly modules, beside which no sidecar starts"
            yield subject.found(path, message, f'use an ambient mesh, or label the pods {INJECT}: "false"')


def _is_ambient(subject: Subject, namespace: Mapping[str, Any]) -> bool:
    mode: Any = pod_labels(subject).get(_MODE, namespace.get(_MODE))
    return bool(mode == "ambient")
