"""A required field that is not there.

What it finds:
    A field that the schema of the kind requires and the object lacks.

Why:
    The API server refuses the object.

Example:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      maxReplicas: 17

Instead:
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: payment-gateway}
      maxReplicas: 17

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.kubernetes.lenience import judged
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_schema
from gitopsgen.diagnostics import Severity

RULE = Rule("GG404", "missing-field", Severity.ERROR, on=has_schema, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report what the validator of the kind found of this sort."""
    return map(judged, subject.violating(RULE.name))
