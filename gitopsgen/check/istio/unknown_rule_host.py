"""A DestinationRule for a host that does not exist.

What it finds:
    A DestinationRule whose host is neither a Service of the cluster nor covered by a ServiceEntry. Wildcards, and
    Services of namespaces that no manifest describes, are left alone.

Why:
    Its connection limits, outlier detection and subsets apply to nothing, and nothing says so.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: gateway, namespace: payment}
    spec: {host: gateway}

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: gateway, namespace: payment}
    spec: {host: gateway}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec: {ports: [{name: http, port: 80}]}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import NETWORKING, is_unanswered, qualified, service_hosts
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG707", "unknown-rule-host", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report rules for hosts that are not there."""
    for rule in cluster.of("DestinationRule", NETWORKING):
        host = qualified(text(mapping(rule.data.get("spec")).get("host")), rule.namespace)
        if "*" not in host and is_unanswered(cluster, host):
            message = f'{rule} is for "{host}", which is no Service and in no ServiceEntry of the cluster'
            yield rule.found(("spec", "host"), message, suggestion(host, service_hosts(cluster)))
