"""A finalizer whose name is none.

What it finds:
    A `metadata.finalizers` entry outside the grammar of qualified names, or, on the kinds of Kubernetes itself,
    without a domain before `/`; and `orphan` together with `foregroundDeletion`.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: payment-gateway
      namespace: payment
      finalizers: [keep-until-archived]

Instead:
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: payment-gateway
      namespace: payment
      finalizers: [archive.bank.example/keep-until-archived]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.names import label_key
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path

RULE = Rule("GG470", "malformed-finalizer", Severity.ERROR, is_shared=True, refused_by=API_SERVER)
_STANDARD: Final = frozenset({"foregroundDeletion", "kubernetes", "orphan"})
_EXCLUDING: Final = ("foregroundDeletion", "orphan")
# Of whose objects the server also asks for a domain.
_STRICT: Final = frozenset({"", "apps", "autoscaling", "batch", "networking.k8s.io", "rbac.authorization.k8s.io"})


def check(subject: Subject) -> Iterator[Found]:
    """Report finalizers that are refused."""
    is_strict = subject.known.group in _STRICT and subject.known.name != "Event"
    finalizers = sequence(subject.metadata.get("finalizers"))
    yield from _names(subject, finalizers, ("metadata", "finalizers"), is_strict=is_strict)
    if all(name in finalizers for name in _EXCLUDING):
        message = f"{subject} has the finalizers orphan and foregroundDeletion, expected one of them"
        yield subject.found(("metadata", "finalizers"), message)
    if subject.known.name == "Namespace" and not subject.known.group:
        own = sequence(mapping(subject.data.get("spec")).get("finalizers"))
        yield from _names(subject, own, ("spec", "finalizers"), is_strict=True)


def _names(subject: Subject, finalizers: list[Any], path: Path, *, is_strict: bool) -> Iterator[Found]:
    for index, name in enumerate(finalizers):
        if not isinstance(name, str):
            continue  # reported as a wrong type
        expected = label_key(name)
        if not expected and is_strict and "/" not in name and name not in _STANDARD:
            expected = "a name with a domain before '/'"
        if expected:
            yield subject.found((*path, index), f'the finalizer "{name}" must be {expected}')
