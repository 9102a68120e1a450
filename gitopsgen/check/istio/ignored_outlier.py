"""A field of outlier detection that the mesh ignores.

What it finds:
    `consecutiveErrors` in the outlier detection of a DestinationRule.

Why:
    The schema still has it, the control plane no longer reads it: no pod is ever ejected for errors in a row,
    though the rule says so.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      trafficPolicy: {outlierDetection: {consecutiveErrors: 3}}

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      trafficPolicy: {outlierDetection: {consecutive5xxErrors: 3}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.istio.policies import traffic_policies
from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule(
    "GG722", "ignored-outlier", Severity.ERROR, on=of_kind("DestinationRule.networking.istio.io"), is_shared=True
)


def check(subject: Subject) -> Iterator[Found]:
    """Report the field, wherever a policy has it."""
    for path, policy in traffic_policies(subject):
        if "consecutiveErrors" in mapping(policy.get("outlierDetection")):
            message = f"{subject} counts by consecutiveErrors, which the mesh ignores"
            yield subject.found(
                (*path, "outlierDetection", "consecutiveErrors"), message, "consecutive5xxErrors is read"
            )
