"""A Service port that leads to no container port.

What it finds:
    A `targetPort` by name that no container behind the Service declares.

Why:
    The port has no endpoints: connections are refused, and nothing says why.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {app: gateway}
      ports: [{name: http, port: 80, targetPort: web}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment, labels: {app: gateway}}
    spec:
      containers: [{name: gateway, ports: [{name: http, containerPort: 8080}]}]

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: gateway, namespace: payment}
    spec:
      selector: {app: gateway}
      ports: [{name: http, port: 80, targetPort: http}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment, labels: {app: gateway}}
    spec:
      containers: [{name: gateway, ports: [{name: http, containerPort: 8080}]}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import has_template, port_names
from gitopsgen.check.references.selection import pods_selected
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.schemas.wording import listed

RULE = Rule("GG504", "unknown-target-port", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report Service ports whose name no container knows."""
    for subject in cluster.of("Service"):
        spec = mapping(subject.data.get("spec"))
        named = [
            (index, mapping(port)["targetPort"])
            for index, port in enumerate(sequence(spec.get("ports")))
            if isinstance(mapping(port).get("targetPort"), str)
        ]
        if not named or not spec.get("selector"):
            continue
        workloads = pods_selected(cluster, subject.namespace, {"matchLabels": mapping(spec.get("selector"))})
        declared = sorted({name for workload in workloads for name in port_names(workload)})
        for index, name in named:
            # the ports of an operator's pods stand in no manifest
            if workloads and all(map(has_template, workloads)) and name not in declared:
                message = (
                    f'{subject} leads to the container port "{name}", expected one of {listed(declared) or "none"}'
                )
                yield subject.found(("spec", "ports", index, "targetPort"), message)
