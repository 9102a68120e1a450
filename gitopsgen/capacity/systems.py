"""Pods that no manifest here shows: of charts that Argo CD installs, and of the distribution itself.

They are data, in the values of the case that installs operators: `operators.charts.<name>.pods` and
`operators.system.<distribution>`. An entry has `name`, `kind`, `replicas`, `requests`; where the chart is told
otherwise, `replicasFrom` and `requestsFrom` are paths in its values that win. `nodes` is `workers` (the default),
`servers` or `all`; `apart` keeps its pods on nodes of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.objects import Item, at, whole
from gitopsgen.capacity.templates import alone
from gitopsgen.capacity.workload import Claim, Setting
from gitopsgen.model.unchecked import mapping, sequence, text

OPERATORS: Final = "operators"
_ON_SERVERS: Final = {
    "requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [
            {"matchExpressions": [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}]}
        ]
    }
}


def claims(setting: Setting) -> Iterator[Claim]:
    """Give the claims of all systems of a cluster."""
    distribution = text(setting.facts.get("distribution"))
    for entry in sequence(at(setting.operators, "system", distribution)):
        yield _claim(mapping(entry), distribution, {}, "kube-system")
    for name in installed(setting):
        chart = mapping(at(setting.operators, "charts", name))
        for entry in sequence(chart.get("pods")):
            yield _claim(mapping(entry), OPERATORS, mapping(chart.get("values")), text(chart.get("namespace")))


def installed(setting: Setting) -> list[str]:
    """Give the names of the charts that a cluster has."""
    return [name for name in sequence(setting.operators.get("install")) if name not in setting.without]


def node_labels(setting: Setting) -> dict[str, str]:
    """Give the labels that systems put on every worker."""
    found: dict[str, str] = {}
    for name in installed(setting):
        found.update(mapping(at(setting.operators, "charts", name, "nodeLabels")))
    return found


def _claim(entry: Mapping[str, Any], case: str, values: Mapping[str, Any], namespace: str) -> Claim:
    name, kind = text(entry.get("name")), text(entry.get("kind")) or "Deployment"
    replicas = whole(_at(values, entry.get("replicasFrom")), whole(entry.get("replicas"), 1))
    resources = mapping(_at(values, entry.get("requestsFrom")))
    if not (resources.get("requests") or resources.get("limits")):
        resources = {"requests": mapping(entry.get("requests"))}
    spec: dict[str, Any] = {
        "containers": [{"name": name, "resources": resources}],
        "priorityClassName": entry.get("priority"),
    }
    where = entry.get("nodes")
    if where in {"all", "servers"}:
        spec["tolerations"] = [{"operator": "Exists"}]
    labels = {"gitopsgen.io/system": f"{namespace}.{name}"}
    spec["affinity"] = {
        **({"nodeAffinity": _ON_SERVERS} if where == "servers" else {}),
        **(alone(labels, "kubernetes.io/hostname") if entry.get("apart") else {}),
    }
    return Claim(
        Item(case, {}),
        kind,
        name,
        replicas,
        replicas,
        per_node=kind == "DaemonSet",
        spec=spec,
        labels=labels,
        namespace=namespace,
        case=case,
    )


def _at(values: Mapping[str, Any], path: Any) -> Any:
    return at(values, *path.split(".")) if isinstance(path, str) else None
