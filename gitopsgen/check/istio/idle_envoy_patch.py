"""A patch of the proxy that is never made.

What it finds:
    In an EnvoyFilter: ADD and REMOVE for ROUTE_CONFIGURATION, which is only ever merged, and REPLACE for another target
    than VIRTUAL_HOST, LISTENER_FILTER, NETWORK_FILTER or HTTP_FILTER.

Why:
    Istio takes the object and leaves the patch out, without a word.
    `istioctl analyze` says IST0152, IST0153 and IST0154; also of HTTP_ROUTE, where it adds and removes all the same.

Example:
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: {name: limits, namespace: payment}
    spec:
      configPatches:
        - applyTo: CLUSTER
          match: {context: SIDECAR_OUTBOUND}
          patch: {operation: REPLACE, value: {connect_timeout: 5s}}

Instead:
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: {name: limits, namespace: payment}
    spec:
      configPatches:
        - applyTo: CLUSTER
          match: {context: SIDECAR_OUTBOUND}
          patch: {operation: MERGE, value: {connect_timeout: 5s}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG751", "idle-envoy-patch", Severity.ERROR, on=of_kind("EnvoyFilter.networking.istio.io"), is_shared=True)
_REPLACED: Final = frozenset({"HTTP_FILTER", "LISTENER_FILTER", "NETWORK_FILTER", "VIRTUAL_HOST"})
_MERGED: Final = "ROUTE_CONFIGURATION"


def check(subject: Subject) -> Iterator[Found]:
    """Report patches without effect."""
    for path, found in members(subject.data, "spec", "configPatches", EACH):
        one = mapping(found)
        target, operation = text(one.get("applyTo")), text(mapping(one.get("patch")).get("operation"))
        is_idle = target == _MERGED if operation in {"ADD", "REMOVE"} else target not in _REPLACED
        if target and is_idle and operation in {"ADD", "REMOVE", "REPLACE"}:
            message = f"Istio leaves out this patch of {subject}: it makes no {operation} for {target}"
            yield subject.found((*path, "patch", "operation"), message, "MERGE changes what is there")
