"""Routes by a claim of a token that nobody has verified.

What it finds:
    A VirtualService that matches `@request.auth.claims`, bound to a Gateway whose pods no RequestAuthentication of
    their namespace, or of `istio-system`, is for.

Why:
    There are no claims without it: such routes never match. `istioctl analyze` says IST0149.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: ingress}
    spec:
      hosts: [pay.example.com]
      gateways: [edge]
      http: [{match: [{headers: {"@request.auth.claims.group": {exact: desk}}}], directResponse: {status: 204}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {app: edge}
      servers: [{hosts: [pay.example.com], port: {number: 80, name: http, protocol: HTTP}}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: edge, namespace: ingress, labels: {app: edge}}
    spec: {containers: []}

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: ingress}
    spec:
      hosts: [pay.example.com]
      gateways: [edge]
      http: [{match: [{headers: {"@request.auth.claims.group": {exact: desk}}}], directResponse: {status: 204}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {app: edge}
      servers: [{hosts: [pay.example.com], port: {number: 80, name: http, protocol: HTTP}}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: edge, namespace: ingress, labels: {app: edge}}
    spec: {containers: []}
    ---
    apiVersion: security.istio.io/v1
    kind: RequestAuthentication
    metadata: {name: edge, namespace: ingress}
    spec: {selector: {matchLabels: {app: edge}}, jwtRules: [{issuer: "https://id.example.com"}]}

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.gateways import carriers
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG740", "unauthenticated-claim", Severity.ERROR, is_shared=True)
_CLAIM: Final = re.compile(r"@request\.auth\.claims[.\[]", re.IGNORECASE)
_ROOT: Final = "istio-system"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report matches of claims that are never there."""
    for route in cluster.of("VirtualService", NETWORKING):
        claim = next(_claims(route), None)
        if claim is None:
            continue
        for entry in sequence(mapping(route.data.get("spec")).get("gateways")):
            namespace, _, name = text(entry).rpartition("/")
            namespace = route.namespace if namespace in {"", "."} else namespace
            gateway = cluster.get("Gateway", name, namespace, NETWORKING)
            pods = carriers(cluster, gateway) if gateway else []
            bare = next((each for each, labels in pods if not _is_authenticated(cluster, each, labels)), None)
            if bare:
                message = f"{route} matches a claim, but no RequestAuthentication is for the pods of {bare}"
                yield route.found(claim, message, "add one that selects the pods of the Gateway")
                break


def _claims(route: Subject) -> Iterator[Path]:
    for path, found in members(route.data, "spec", "http", EACH, "match", EACH):
        for field in ("headers", "withoutHeaders"):
            yield from ((*path, field, name) for name in mapping(mapping(found).get(field)) if _CLAIM.match(name))


def _is_authenticated(cluster: Cluster, pods: Subject, labels: Mapping[str, Any]) -> bool:
    for policy in cluster.of("RequestAuthentication", "security.istio.io"):
        spec = mapping(policy.data.get("spec"))
        if policy.namespace in {pods.namespace, _ROOT} and matches(mapping(spec.get("selector")), labels):
            return True
    return False
