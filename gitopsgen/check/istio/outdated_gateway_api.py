"""Definitions of the Gateway API that are too old for Istio.

What it finds:
    The CustomResourceDefinition of GRPCRoute or BackendTLSPolicy with a `gateway.networking.k8s.io/bundle-version`
    below the one that istiod needs.

Why:
    istiod leaves out the kind as a whole: its routes are never programmed, and nothing says so but a line in a log.
    `istioctl analyze` says IST0176.

Example:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: grpcroutes.gateway.networking.k8s.io
      annotations:
        api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/2466
        gateway.networking.k8s.io/bundle-version: v1.0.0
    spec:
      group: gateway.networking.k8s.io
      names: {kind: GRPCRoute, plural: grpcroutes}
      scope: Namespaced
      versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]

Instead:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: grpcroutes.gateway.networking.k8s.io
      annotations:
        api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/3389
        gateway.networking.k8s.io/bundle-version: v1.4.0
    spec:
      group: gateway.networking.k8s.io
      names: {kind: GRPCRoute, plural: grpcroutes}
      scope: Namespaced
      versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

_BUNDLE: Final = "gateway.networking.k8s.io/bundle-version"
RULE = Rule(
    "GG758",
    "outdated-gateway-api",
    Severity.WARNING,
    on=of_kind("CustomResourceDefinition.apiextensions.k8s.io"),
    is_shared=True,
    reckons=frozenset({_BUNDLE}),
)
# Later versions of Istio ask for more of TLSRoute and TCPRoute, earlier ones do not; manifests do not tell which it is.
# https://github.com/istio/istio/blob/master/pkg/config/schema/gatewayapi/minimumversions.go
_LEAST: Final = {
    "grpcroutes.gateway.networking.k8s.io": (1, 1, 0),
    "backendtlspolicies.gateway.networking.k8s.io": (1, 4, 0),
}
_VERSION: Final = re.compile(r"v?([0-9]+)\.([0-9]+)\.([0-9]+)(?:[-+].*)?")


def check(subject: Subject) -> Iterator[Found]:
    """Report definitions that are too old."""
    least = _LEAST.get(subject.name)
    bundle = text(mapping(subject.metadata.get("annotations")).get(_BUNDLE))
    version = _VERSION.fullmatch(bundle)
    if least and version and tuple(map(int, version.groups())) < least:
        needed = ".".join(map(str, least))
        message = f"{subject} is of the Gateway API {bundle}, expected v{needed} or later: Istio leaves the kind out"
        yield subject.found(("metadata", "annotations", _BUNDLE), message, "install newer definitions first")
