"""Which runtime pods get: the handler behind their runtime class.

Judges nothing. A class that no manifest describes is taken for a handler of its own name, as K3s' packaged ones are.
"""

from __future__ import annotations

from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_spec
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import text

_KATA: Final = "kata"
# the shims of runwasi; crun runs modules too, but commands as well
_RUNWASI: Final = frozenset({"lunatic", "slight", "spin", "wasmedge", "wasmer", "wasmtime", "wws"})


def handler(cluster: Cluster, subject: Subject) -> str:
    """Give the handler that runs the pods of a workload, empty for the node's default."""
    name = text(pod_spec(subject).get("runtimeClassName"))
    described = cluster.get("RuntimeClass", name, group="node.k8s.io") if name else None
    return text(described.data.get("handler")) if described else name


def is_kata(handler_name: str) -> bool:
    """Whether a handler gives each pod a kernel of its own, by Kata Containers."""
    return handler_name == _KATA or handler_name.startswith(f"{_KATA}-")


def is_runwasi(handler_name: str) -> bool:
    """Whether a handler runs WebAssembly modules by a shim of runwasi, which executes no commands."""
    return handler_name in _RUNWASI
