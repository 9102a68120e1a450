"""A monitor of a port that its target does not have.

What it finds:
    An endpoint of a ServiceMonitor or PodMonitor whose `port` is the name of no port of what it selects.

Why:
    No metrics arrive, and alerts on them stay silent. The `port` is the name of a Service port, not a number.

Example:
    apiVersion: monitoring.coreos.com/v1
    kind: ServiceMonitor
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app: gateway}}
      endpoints: [{port: metrics}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment, labels: {app: gateway}}
    spec: {ports: [{name: http, port: 80}]}

Instead:
    apiVersion: monitoring.coreos.com/v1
    kind: ServiceMonitor
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app: gateway}}
      endpoints: [{port: http}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment, labels: {app: gateway}}
    spec: {ports: [{name: http, port: 80}]}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.monitors import ports_of, scrapes
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import listed

RULE = Rule("GG506", "unknown-monitor-port", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report endpoints whose port nothing selected has."""
    for monitor, endpoints, selected, _ in scrapes(cluster):
        named = [ports_of(target) for target in selected]
        if not named or None in named:
            continue
        ports = sorted({port for found in named for port in found or ()})
        for index, endpoint in enumerate(sequence(mapping(monitor.data.get("spec")).get(endpoints))):
            name = text(mapping(endpoint).get("port"))
            if name and name not in ports:
                message = f'{monitor} scrapes the port "{name}", expected one of {listed(ports) or "none"}'
                yield monitor.found(("spec", endpoints, index, "port"), message)
