"""A namespace on an object that stands in none.

What it finds:
    `metadata.namespace` on an object of a cluster-scoped kind.

Why:
    The API server refuses or drops it; a reader believes the object to be confined to the namespace,
    and it is not.

Example:
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: payment-critical, namespace: payment}
    value: 1000000

Instead:
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: payment-critical}
    value: 1000000

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import Found, Known, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.constraints import CONSTRAINTS


def _is_cluster_scoped(known: Known) -> bool:
    return known.group == CONSTRAINTS or (known.kind is not None and known.kind.namespaced is False)


RULE = Rule("GG412", "stray-namespace", Severity.ERROR, on=_is_cluster_scoped, is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report a namespace that means nothing."""
    if subject.namespace:
        message = f'"{subject.known.name}" is cluster-scoped, but has the namespace "{subject.namespace}"'
        yield subject.found(("metadata", "namespace"), message, "leave metadata.namespace out")
