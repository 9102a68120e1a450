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
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG536", "unread-config-map", Severity.WARNING, is_shared=True)
_BY_LABEL: Final = frozenset({"grafana_dashboard"})
# Kinds that are many or large, and never read a ConfigMap.
_SILENT: Final = frozenset(
    {"ConfigMap", "ExternalSecret", "NetworkPolicy", "PrometheusRule", "Role", "RoleBinding", "ServiceAccount"}
)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report ConfigMaps that nothing names."""
    wanted = {(one.namespace, one.name): one for one in cluster.of("ConfigMap") if _is_asked(cluster, one)}
    for subject, reference in cluster.referring("ConfigMap"):
        wanted.pop((subject.namespace, reference.name), None)
    for subject in cluster.subjects if wanted else ():  # few are left, and most of those are a gateway's
        if subject.known.name not in _SILENT:
            left = {name for _, name in wanted}
            for name in left.intersection(_strings(subject)):
                wanted = {key: one for key, one in wanted.items() if key[1] != name}
    for one in wanted.values():
        message = f"nothing in the cluster names {one}"
        yield one.found(("metadata", "name"), message, "let the pods read it, or leave it out")


def _is_asked(cluster: Cluster, subject: Subject) -> bool:
    """Tell whether someone has to name it: not in a namespace that a chart fills, nor where a label does."""
    is_labelled = not _BY_LABEL.isdisjoint(mapping(subject.metadata.get("labels")))
    return bool(cluster.pods(subject.namespace)) and not is_labelled


def _strings(subject: Subject) -> Iterator[str]:
    """Give all strings of an object but those that say what it is itself."""
    for key, value in subject.data.items():
        if key not in {"apiVersion", "kind", "metadata"}:
            yield from _inside(value)


def _inside(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _inside(one)
