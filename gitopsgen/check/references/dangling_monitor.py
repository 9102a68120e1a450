"""A monitor that scrapes nothing.

What it finds:
    A ServiceMonitor whose selector matches the labels of no Service, or a PodMonitor whose selector matches
    no pods, in the namespaces where it looks.

Why:
    No metrics arrive, and alerts on them stay silent. A ServiceMonitor selects by the labels of the Service,
    not by those of its pods.

Example:
    apiVersion: monitoring.coreos.com/v1
    kind: ServiceMonitor
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app: gateway}}
      endpoints: [{port: http}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
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
from gitopsgen.check.references.monitors import scrapes
from gitopsgen.check.references.selection import made_by_operator
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG505", "dangling-monitor", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report monitors that select nothing."""
    for monitor, _, selected, sure in scrapes(cluster):
        labels = mapping(mapping(mapping(monitor.data.get("spec")).get("selector")).get("matchLabels"))
        if sure and not selected and not made_by_operator(labels):
            what = "Service" if monitor.known.name == "ServiceMonitor" else "pods"
            message = f"the selector of {monitor} matches no {what} in the namespaces where it looks"
            yield monitor.found(("spec", "selector"), message, f"use the labels of the {what}")
