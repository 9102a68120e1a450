"""Configuration that nobody reads.

What it finds:
    A ConfigMap whose name no other manifest of its cluster mentions, in a namespace where manifests make pods.
    A dashboard (label `grafana_dashboard`) is read by its label.

Why:
    Switches that nothing reads switch nothing. Who sees `cpu_affinity: "true"` believes that it is so.

Example:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: trading-config, namespace: trading}
    data: {cpu_affinity: "true"}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: trading, namespace: trading}
    spec: {containers: [{name: trading}]}

Instead:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: trading-config, namespace: trading}
    data: {LOW_LATENCY_MODE: "true"}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: trading, namespace: trading}
    spec: {containers: [{name: trading, envFrom: [{configMapRef: {name: trading-config}}]}]}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule, Subject, mapping
from gitopsgen.diagnostics import Severity

RULE = Rule("GG536", "unread-config-map", Severity.WARNING, is_shared=True)
_BY_LABEL: Final = frozenset({"grafana_dashboard"})


def check(cluster: Cluster) -> Iterator[Found]:
    """Report ConfigMaps that nothing names."""
    wanted = [one for one in cluster.of("ConfigMap") if cluster.pods(one.namespace) and not _is_found(one)]
    if not wanted:
        return
    named = {one for subject in cluster.subjects for one in _strings(subject)}
    for subject in wanted:
        if subject.name not in named:
            message = f"nothing in the cluster names {subject}"
            yield subject.found(("metadata", "name"), message, "let the pods read it, or leave it out")


def _is_found(subject: Subject) -> bool:
    return not _BY_LABEL.isdisjoint(mapping(subject.metadata.get("labels")))


def _strings(subject: Subject) -> Iterator[str]:
    """Give all strings of an object but those that say what it is itself."""
    for key, value in subject.data.items():
        if key not in {"apiVersion", "kind", "metadata"} and subject.known.name != "ConfigMap":
            yield from _inside(value)


def _inside(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _inside(one)
