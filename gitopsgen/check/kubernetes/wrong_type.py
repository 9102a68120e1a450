"""A value of the wrong type.

What it finds:
    A string where the schema wants a number, a mapping where it wants a list, and the like.

Why:
    The API server cannot decode the object. Environment values, labels and annotations are the usual
    place: they are strings, also where they look like numbers or booleans.

Example:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: payment-settings, namespace: payment}
    data: {maxAmount: 1000000}

Instead:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: payment-settings, namespace: payment}
    data: {maxAmount: "1000000"}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.kubernetes.lenience import decoded
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_schema
from gitopsgen.diagnostics import Severity

RULE = Rule("GG405", "wrong-type", Severity.ERROR, on=has_schema, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report what the validator of the kind found of this sort."""
    return map(decoded, subject.violating(RULE.name))
