"""A field that the kind does not have.

What it finds:
    A field that the schema of the kind does not know: misspelt, at the wrong level, or of another version.

Why:
    Strict validation refuses it; without it the server drops the field silently, and what it should
    have set stays at its default.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      replica: 10
      selector: {matchLabels: {app: payment-gateway}}
      template:
        metadata: {labels: {app: payment-gateway}}
        spec: {containers: []}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      replicas: 10
      selector: {matchLabels: {app: payment-gateway}}
      template:
        metadata: {labels: {app: payment-gateway}}
        spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_schema
from gitopsgen.diagnostics import Severity

RULE = Rule("GG403", "unknown-field", Severity.ERROR, on=has_schema, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report what the validator of the kind found of this sort."""
    return subject.violating(RULE.name)
