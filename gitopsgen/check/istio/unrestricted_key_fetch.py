"""An istiod that fetches keys of tokens from everywhere.

What it finds:
    A Deployment labelled `app: istiod` without the variable `BLOCKED_CIDRS_IN_JWKS_URIS`, where a RequestAuthentication
    is among the manifests.

Why:
    istiod fetches what `jwksUri` names, from inside of the cluster: who may write a RequestAuthentication may so ask
    addresses that he does not reach himself. `istioctl analyze` says IST0175.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
    spec:
      selector: {matchLabels: {app: istiod}}
      template:
        metadata: {labels: {app: istiod}}
        spec: {containers: [{name: discovery, image: istio/pilot}]}
    ---
    apiVersion: security.istio.io/v1
    kind: RequestAuthentication
    metadata: {name: customers, namespace: payment}
    spec: {jwtRules: [{issuer: bank, jwksUri: "https://id.example.com/keys"}]}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
    spec:
      selector: {matchLabels: {app: istiod}}
      template:
        metadata: {labels: {app: istiod}}
        spec:
          containers:
            - name: discovery
              image: istio/pilot
              env: [{name: BLOCKED_CIDRS_IN_JWKS_URIS, value: "169.254.0.0/16,127.0.0.0/8"}]
    ---
    apiVersion: security.istio.io/v1
    kind: RequestAuthentication
    metadata: {name: customers, namespace: payment}
    spec: {jwtRules: [{issuer: bank, jwksUri: "https://id.example.com/keys"}]}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG757", "unrestricted-key-fetch", Severity.WARNING, is_shared=True)
_VARIABLE: Final = "BLOCKED_CIDRS_IN_JWKS_URIS"
_CONTAINERS: Final = ("spec", "template", "spec", "containers")


def check(cluster: Cluster) -> Iterator[Found]:
    """Report control planes that fetch from everywhere."""
    policies = cluster.of("RequestAuthentication", "security.istio.io")
    if not policies:
        return
    for deployment in cluster.of("Deployment", "apps"):
        if mapping(deployment.metadata.get("labels")).get("app") == "istiod" and not _is_restricted(deployment):
            message = f"{deployment} fetches the keys that {policies[0]} names from any address, inside ones too"
            yield deployment.found(_CONTAINERS, message, f"set {_VARIABLE} to the blocks that no key is fetched from")


def _is_restricted(deployment: Subject) -> bool:
    variables = members(deployment.data, *_CONTAINERS, EACH, "env", EACH)
    return any(mapping(entry).get("name") == _VARIABLE and mapping(entry).get("value") for _, entry in variables)
