"""A mark for crun, on pods that crun does not run.

What it finds:
    Pods with the annotation `module.wasm.image/variant` or `run.oci.handler` whose runtime class has a handler other
    than crun's, or that have no runtime class.

Why:
    Only crun reads these annotations, and only where containerd passes them on. Runwasi's shims run modules without
    them; any other runtime tries to execute the module as a program, and the container does not start.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: trading-service, namespace: trading, annotations: {module.wasm.image/variant: compat-smart}}
    spec: {runtimeClassName: wasmedge, containers: []}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: trading-service, namespace: trading, annotations: {module.wasm.image/variant: compat-smart}}
    spec: {runtimeClassName: crun-wasm, containers: []}
    ---
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: crun-wasm}
    handler: crun-wasm

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_spec, template
from gitopsgen.check.rule import Found, Rule, Subject, mapping, text
from gitopsgen.diagnostics import Severity

RULE = Rule("GG517", "ignored-wasm-variant", Severity.ERROR)
_MARKS: Final = ("module.wasm.image/variant", "run.oci.handler")
_CRUN: Final = "crun"  # handlers of crun are called so, or so with something behind


def check(cluster: Cluster) -> Iterator[Found]:
    """Report annotations that no runtime reads."""
    for subject in cluster.workloads():
        annotations = mapping(mapping(template(subject).get("metadata")).get("annotations"))
        marks = [mark for mark in _MARKS if mark in annotations]
        name = _handler(cluster, subject) if marks else _CRUN
        if name == _CRUN or name.startswith(f"{_CRUN}-"):
            continue
        for mark in marks:
            runtime = f'the handler "{name}"' if name else "the default runtime"
            message = f'{subject} has the annotation "{mark}", which only crun reads; {runtime} runs its pods'
            yield subject.found((*(subject.known.pods or ()), "metadata", "annotations", mark), message)


def _handler(cluster: Cluster, subject: Subject) -> str:
    """Give the handler behind the runtime class; one that no manifest describes is K3s' own, called as its handler."""
    name = text(pod_spec(subject).get("runtimeClassName"))
    described = cluster.get("RuntimeClass", name, group="node.k8s.io") if name else None
    return text(described.data.get("handler")) if described else name
