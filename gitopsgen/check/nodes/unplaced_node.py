"""A node that does not say where it stands.

What it finds:
    A file by which a node registers (K3s' configuration, kubeadm's `InitConfiguration` and `JoinConfiguration`)
    without the labels `topology.kubernetes.io/region` and `topology.kubernetes.io/zone`.

Why:
    Pods are spread, calls are kept near and cities take over for each other by these labels; a kubelet can set them
    only when it registers.

Example:
    # etc/rancher/k3s/config.yaml
    node-label: [topology.kubernetes.io/region=cn-east]

Instead:
    # etc/rancher/k3s/config.yaml
    node-label: [topology.kubernetes.io/region=cn-east, topology.kubernetes.io/zone=shanghai]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.nodes.files import is_main_k3s_config, node_labels, registrations
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence

RULE = Rule("GG943", "unplaced-node", Severity.ERROR, is_shared=True)
_LABELS: Final = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")


def check(subject: Subject) -> Iterator[Found]:
    """Report each label that is missing."""
    if is_main_k3s_config(subject):
        given = [str(one) for one in sequence(subject.data.get("node-label"))]
        for label in _missing(given):
            yield subject.found(("node-label",), f'the node gets no label "{label}"', f'add "{label}=…"')
    for place, document in registrations(subject):
        arguments = mapping(document.get("nodeRegistration")).get("kubeletExtraArgs")
        for label in _missing((node_labels(arguments) or "").split(",")):
            message = f'{document["kind"]} gives the node no label "{label}"'
            yield subject.found((*place, "kind"), message, f'add "{label}=…" to the kubelet\'s "node-labels"')


def _missing(given: list[str]) -> Iterator[str]:
    named = {one.partition("=")[0] for one in given if one.partition("=")[2]}
    return (label for label in _LABELS if label not in named)
