"""Which file of a node a rule looks at, and what stands in it. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

_K3S: Final = "/etc/rancher/k3s/config.yaml"


def is_k3s_config(subject: Subject) -> bool:
    """Tell whether K3s reads its options from a file: the main one, or one of `config.yaml.d`."""
    path = f"/{subject.manifest.file}"
    return path.endswith(_K3S) or (f"{_K3S}.d/" in path and path.endswith(".yaml"))


def is_main_k3s_config(subject: Subject) -> bool:
    """Tell whether it is the file that every server has."""
    return f"/{subject.manifest.file}".endswith(_K3S)


def registrations(subject: Subject) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Give each configuration of kubeadm that registers a node, with its place in the file."""
    data = subject.manifest.data
    for place, document in enumerate(data) if isinstance(data, list) else [(None, data)]:
        known = mapping(document)
        is_kubeadm = text(known.get("apiVersion")).startswith("kubeadm.k8s.io/")
        if is_kubeadm and known.get("kind") in ("InitConfiguration", "JoinConfiguration"):
            yield (() if place is None else (place,)), known


def node_labels(arguments: Any) -> str | None:
    """Give the kubelet's `node-labels` among its arguments, in either form that kubeadm has had."""
    if isinstance(arguments, dict):
        return text(arguments.get("node-labels")) or None
    named = (
        text(mapping(one).get("value")) for one in sequence(arguments) if mapping(one).get("name") == "node-labels"
    )
    return next(named, None)
