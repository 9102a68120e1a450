"""A field in a patch of Envoy's configuration that Envoy does not have, or a value that Envoy alone refuses.

What it finds:
    In the value of an EnvoyFilter's patch, at any depth: a field that the type which stands there does not have, by
    what the newest Istio that this tool knows says of Envoy's types; inside a TypedStruct, whatever its type does not
    take.

Why:
    Istio passes over it without a word. The proxy does not do what the patch says, or refuses all it is sent.

Example:
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: {name: pay, namespace: payment}
    spec:
      workloadSelector: {labels: {app: pay}}
      configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE, value: {connection_timeout: 2s}}}]

Instead:
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: {name: pay, namespace: payment}
    spec:
      workloadSelector: {labels: {app: pay}}
      configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE, value: {connect_timeout: 2s}}}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.istio.envoy_patches import complaints_of
from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity

RULE = Rule(
    "GG759",
    "unknown-envoy-field",
    Severity.WARNING,
    on=of_kind("EnvoyFilter.networking.istio.io"),
    is_shared=True,
    reads=frozenset({"configPatches"}),
)


def check(subject: Subject) -> Iterator[Found]:
    """Report fields that do nothing."""
    for one in complaints_of(subject):
        if not one.is_refused:
            yield subject.found(one.path, one.message, one.hint)
