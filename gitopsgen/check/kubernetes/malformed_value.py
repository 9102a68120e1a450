"""A value of the right type whose form is wrong.

What it finds:
    A quantity that cannot be read, a number out of bounds, a string that does not match its pattern or
    format, fields of a custom kind that exclude each other.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: payment, namespace: payment}
    spec:
      hard: {requests.memory: 4 GB}

Instead:
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: payment, namespace: payment}
    spec:
      hard: {requests.memory: 4Gi}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.kubernetes.lenience import decoded, is_overflow, judged
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_schema
from gitopsgen.diagnostics import Severity

RULE = Rule("GG407", "malformed-value", Severity.ERROR, on=has_schema, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report what the validator of the kind found of this sort."""
    return (decoded(one) if is_overflow(one) else judged(one) for one in subject.violating(RULE.name))
