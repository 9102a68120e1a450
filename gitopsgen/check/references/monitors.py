"""What a ServiceMonitor or PodMonitor scrapes.

Judges nothing. Facts from the monitoring.coreos.com/v1 API: a monitor looks into its own namespace
unless `namespaceSelector` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import has_template, port_names
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text

GROUP = "monitoring.coreos.com"


class Scrape(NamedTuple):
    """A monitor, the field of its endpoints, and what it selects; `sure` is false where other manifests may match."""

    monitor: Subject
    endpoints: str
    selected: list[Subject]
    sure: bool


def scrapes(cluster: Cluster) -> Iterator[Scrape]:
    """Give what each monitor selects."""
    for monitor in cluster.of("ServiceMonitor", GROUP):
        candidates = [(service, mapping(service.metadata.get("labels"))) for service in cluster.of("Service")]
        yield _scrape(cluster, monitor, "endpoints", candidates)
    for monitor in cluster.of("PodMonitor", GROUP):
        pods = [pod for namespace in sorted(cluster.namespaces) for pod in cluster.pods(namespace)]
        yield _scrape(cluster, monitor, "podMetricsEndpoints", pods)


def ports_of(target: Subject) -> set[str] | None:
    """Give the names of the ports of a Service, or of the containers of a workload; None for an operator's pods."""
    if target.known.name == "Service":
        ports = sequence(mapping(target.data.get("spec")).get("ports"))
        return {text(mapping(port).get("name")) for port in ports}
    return set(port_names(target)) if has_template(target) else None


def _scrape(
    cluster: Cluster, monitor: Subject, endpoints: str, candidates: Sequence[tuple[Subject, Mapping[str, Any]]]
) -> Scrape:
    spec = mapping(monitor.data.get("spec"))
    selector = mapping(spec.get("selector"))
    where = mapping(spec.get("namespaceSelector"))
    names = [text(name) for name in sequence(where.get("matchNames"))] or [monitor.namespace]
    anywhere = where.get("any") is True
    selected = [
        target for target, labels in candidates if (anywhere or target.namespace in names) and matches(selector, labels)
    ]
    return Scrape(monitor, endpoints, selected, not anywhere and all(name in cluster.namespaces for name in names))
