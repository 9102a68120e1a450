"""A priority class under a name that is reserved.

What it finds:
    A PriorityClass whose name begins with `system-` and is not one of the two that Kubernetes makes itself.

Why:
    The API server refuses the object.

Example:
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: system-payment}
    value: 1000000

Instead:
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: payment-system}
    value: 1000000

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity

RULE = Rule(
    "GG473",
    "reserved-priority",
    Severity.ERROR,
    on=of_kind("PriorityClass.scheduling.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_PREFIX: Final = "system-"
_OWN: Final = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def check(subject: Subject) -> Iterator[Found]:
    """Report a name that only Kubernetes' own classes have."""
    if subject.name.startswith(_PREFIX) and _OWN.get(subject.name) != subject.data.get("value"):
        message = f'the priority class "{subject.name}" begins with "{_PREFIX}", expected another name'
        yield subject.found(("metadata", "name"), message, "names with that prefix are reserved for Kubernetes itself")
