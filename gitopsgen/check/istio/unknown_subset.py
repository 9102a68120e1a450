"""A route to a subset that no DestinationRule defines.

What it finds:
    A destination of a VirtualService with a `subset` that no DestinationRule for its host has.

Why:
    Requests on that route get 503: the proxy knows no such cluster.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: gateway, namespace: payment}
    spec:
      hosts: [gateway]
      http: [{route: [{destination: {host: gateway, subset: v2}}]}]
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: gateway, namespace: payment}
    spec:
      host: gateway
      subsets: [{name: v1, labels: {version: v1}}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: gateway, namespace: payment}
    spec:
      hosts: [gateway]
      http: [{route: [{destination: {host: gateway, subset: v1}}]}]
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: gateway, namespace: payment}
    spec:
      host: gateway
      subsets: [{name: v1, labels: {version: v1}}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import NETWORKING, covers, qualified
from gitopsgen.check.istio.routes import destinations
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG702", "unknown-subset", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report destinations whose subset nobody defines."""
    for route, field, host, subset, _ in destinations(cluster):
        if subset:
            known = _subsets(cluster, host)
            if subset not in known:
                message = f'{route} leads to the subset "{subset}" of "{host}", which no DestinationRule defines'
                yield route.found((*field, "subset"), message, suggestion(subset, known))


def _subsets(cluster: Cluster, host: str) -> set[str]:
    found: set[str] = set()
    for rule in cluster.of("DestinationRule", NETWORKING):
        spec = mapping(rule.data.get("spec"))
        if covers(qualified(text(spec.get("host")), rule.namespace), host):
            found |= {text(mapping(subset).get("name")) for subset in sequence(spec.get("subsets"))}
    return found
