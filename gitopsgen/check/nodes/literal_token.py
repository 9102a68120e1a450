"""A key of the cluster in a file of Git.

What it finds:
    A token, a password or a key of an object store that stands in K3s' configuration itself.

Why:
    Whoever has the token joins the cluster as a server and reads every Secret. What stands in a file of Git, or on a
    command line, is read by everyone who reads the repository, or lists processes.

Example:
    # etc/rancher/k3s/config.yaml
    token: K10c0ffee::server:correct-horse
    node-label: [topology.kubernetes.io/region=cn-east, topology.kubernetes.io/zone=shanghai]

Instead:
    # etc/rancher/k3s/config.yaml
    token-file: /etc/rancher/k3s/token
    node-label: [topology.kubernetes.io/region=cn-east, topology.kubernetes.io/zone=shanghai]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.nodes.files import is_k3s_config
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity

RULE = Rule("GG944", "literal-token", Severity.ERROR, is_shared=True)
_CURES: Final = {
    "token": "token-file",
    "agent-token": "agent-token-file",
    "etcd-s3-access-key": "etcd-s3-config-secret",
    "etcd-s3-secret-key": "etcd-s3-config-secret",
}


def check(subject: Subject) -> Iterator[Found]:
    """Report keys that stand in the file."""
    for option in subject.data if is_k3s_config(subject) else ():
        cure = _CURES.get(str(option).removesuffix("+"))
        if cure and subject.data[option]:
            message = f'"{option}" stands in the file itself, expected the name of what has it'
            yield subject.found((option,), message, f"use {cure}")
