"""A runtime class that the distribution makes as well.

What it finds:
    A RuntimeClass with a name that K3s' packaged component `runtimes` uses.

Why:
    Two owners write one object: K3s puts its own back at every start, without overhead and node selector, and
    Argo CD puts ours back after that.

Example:
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: wasmedge}
    handler: wasmedge

Instead:
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: wasmedge-edge}
    handler: wasmedge

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.references.runtimes import PACKAGED
from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity

RULE = Rule(
    "GG561",
    "foreign-runtime-class",
    Severity.WARNING,
    on=of_kind("RuntimeClass.node.k8s.io"),
    is_shared=True,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report a class under a name of K3s."""
    if subject.name in PACKAGED:
        message = f'K3s makes a runtime class "{subject.name}" itself, expected another name'
        yield subject.found(("metadata", "name"), message, f'such as "{subject.name}-edge"')
