"""An annotation for a container runtime that the pod does not run on.

What it finds:
    Pods with `module.wasm.image/variant` or `run.oci.handler`, which crun reads, whose runtime class leads to
    another handler, or which have none.

Why:
    Any other runtime ignores the annotation. The module is then started as a Linux program and fails, or runs
    without the engine that the annotation was to choose.

Example:
    apiVersion: v1
    kind: Pod
    metadata:
      name: function
      namespace: risk
      annotations: {module.wasm.image/variant: compat-smart}
    spec: {runtimeClassName: wasmedge-edge, containers: []}
    ---
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: wasmedge-edge}
    handler: wasmedge

Instead:
    apiVersion: v1
    kind: Pod
    metadata:
      name: function
      namespace: risk
      annotations: {module.wasm.image/variant: compat-smart}
    spec: {runtimeClassName: crun-edge, containers: []}
    ---
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: crun-edge}
    handler: crun

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_spec, template
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG524", "ignored-annotation", Severity.ERROR, is_shared=True)
_OF_CRUN = ("module.wasm.image/variant", "run.oci.handler")
# Runtime classes that K3s makes; their handlers are called the same.
_OF_K3S = frozenset({"crun", "lunatic", "nvidia", "slight", "spin", "wasmedge", "wasmer", "wasmtime", "wws"})


def check(cluster: Cluster) -> Iterator[Found]:
    """Report annotations that nothing reads."""
    for subject in cluster.workloads():
        annotations = mapping(mapping(template(subject).get("metadata")).get("annotations"))
        for key in _OF_CRUN:
            if key in annotations and (handler := _handler(cluster, subject)) is not None and "crun" not in handler:
                field = (*(subject.known.pods or ()), "metadata", "annotations", key)
                message = f'"{key}" is read by crun only, but the pods of {subject} run on {handler or "the default"}'
                yield subject.found(field, message, "leave it out, or choose a runtime class whose handler is crun")


def _handler(cluster: Cluster, subject: Subject) -> str | None:
    """Give the handler of the pods' runtime class, empty for none, None where it is not known."""
    name = text(pod_spec(subject).get("runtimeClassName"))
    described = cluster.get("RuntimeClass", name, group="node.k8s.io")
    if described is not None:
        return text(described.data.get("handler"))
    return name if not name or name in _OF_K3S else None
