"""An administrator's key that others on the node can read.

What it finds:
    `write-kubeconfig-mode` in K3s' configuration that lets anybody but the owner read the file.

Why:
    The kubeconfig that a K3s server writes is that of an administrator: whoever can read it owns the cluster.

Example:
    # etc/rancher/k3s/config.yaml
    write-kubeconfig-mode: "0644"
    node-label: [topology.kubernetes.io/region=cn-east, topology.kubernetes.io/zone=shanghai]

Instead:
    # etc/rancher/k3s/config.yaml
    write-kubeconfig-mode: "0600"
    node-label: [topology.kubernetes.io/region=cn-east, topology.kubernetes.io/zone=shanghai]

"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitopsgen.check.nodes.files import is_k3s_config
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity

RULE = Rule("GG942", "open-kubeconfig", Severity.ERROR, is_shared=True)
_OPTION = "write-kubeconfig-mode"


def check(subject: Subject) -> Iterator[Found]:
    """Report a mode with rights for group or others; left out, K3s takes 0600."""
    mode = subject.data.get(_OPTION) if is_k3s_config(subject) else None
    if mode is not None and re.fullmatch(r"0?[0-7]00", str(mode)) is None:
        message = f'mode "{mode}" of the administrator\'s kubeconfig lets others read it, expected "0600"'
        yield subject.found((_OPTION,), message, "give other users keys of their own")
