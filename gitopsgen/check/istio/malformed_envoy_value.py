"""A value in a patch of Envoy's configuration that Envoy's own types do not take.

What it finds:
    In the value of an EnvoyFilter's patch: a number where there should be a text, an unknown name of an enumeration, a
    malformed duration, a list that should be a mapping, a `@type` that is missing or that Istio does not know.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: {name: pay, namespace: payment}
    spec:
      workloadSelector: {labels: {app: pay}}
      configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE, value: {lb_policy: RANDOMLY}}}]

Instead:
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: {name: pay, namespace: payment}
    spec:
      workloadSelector: {labels: {app: pay}}
      configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE, value: {lb_policy: RANDOM}}}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.istio.envoy_patches import complaints_of
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity

RULE = Rule(
    "GG580",
    "malformed-envoy-value",
    Severity.ERROR,
    on=of_kind("EnvoyFilter.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
    reads=frozenset({"configPatches"}),
)


def check(subject: Subject) -> Iterator[Found]:
    """Report values that are refused."""
    for one in complaints_of(subject):
        if one.is_refused:
            yield subject.found(one.path, one.message, one.hint)
