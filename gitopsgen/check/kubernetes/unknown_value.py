"""A value outside the list of allowed ones.

What it finds:
    A value that is not in the enumeration which the API server, or the schema of a custom kind, publishes.

Why:
    The API server refuses the object. Kubernetes' own bundled schemas do not list these values,
    so most offline checks let them pass.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      type: Internal
      ports: [{name: http, port: 80}]

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      type: ClusterIP
      ports: [{name: http, port: 80}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.kubernetes.lenience import judged
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_schema
from gitopsgen.diagnostics import Severity

RULE = Rule("GG406", "unknown-value", Severity.ERROR, on=has_schema, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report what the validator of the kind found of this sort."""
    return map(judged, subject.violating(RULE.name))
