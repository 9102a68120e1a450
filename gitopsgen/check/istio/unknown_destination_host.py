"""A route to a host that does not exist.

What it finds:
    A destination of a VirtualService whose host is neither a Service of the cluster nor covered by a
    ServiceEntry. Services of namespaces that no manifest describes are left alone.

Why:
    Requests on that route get 503, and nothing says so before they do.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: gateway, namespace: payment}
    spec:
      hosts: [gateway]
      http: [{route: [{destination: {host: gateway}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: gateway, namespace: payment}
    spec:
      hosts: [gateway]
      http: [{route: [{destination: {host: gateway}}]}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec: {ports: [{name: http, port: 80}]}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import is_unanswered, service_hosts
from gitopsgen.check.istio.routes import destinations
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG701", "unknown-destination-host", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report destinations that lead nowhere."""
    for route, field, host, _, _ in destinations(cluster):
        if is_unanswered(cluster, host):
            message = f'{route} leads to "{host}", which is no Service and in no ServiceEntry of the cluster'
            yield route.found((*field, "host"), message, suggestion(host, service_hosts(cluster)))
