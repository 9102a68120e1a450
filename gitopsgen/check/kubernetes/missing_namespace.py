"""A namespaced object without a namespace.

What it finds:
    An object of a namespaced kind without `metadata.namespace`.

Why:
    It lands in whatever namespace the tool that applies it happens to use, and objects that refer to it
    look elsewhere.

Example:
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: payment-gateway}

Instead:
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: payment-gateway, namespace: payment}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import Found, Known, Rule, Subject
from gitopsgen.diagnostics import Severity


def _is_namespaced(known: Known) -> bool:
    return known.kind is not None and known.kind.namespaced is True


RULE = Rule("GG411", "missing-namespace", Severity.ERROR, on=_is_namespaced, is_shared=True, is_convention=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report an object whose namespace is left to chance."""
    if not subject.metadata.get("namespace"):
        message = f'{subject} has no "metadata.namespace", expected one because the kind is namespaced'
        yield subject.found(("metadata", "namespace"), message, "name it; in a template: {{ case.namespace }}")
