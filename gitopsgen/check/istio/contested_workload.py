"""Two objects that configure the proxies of the same pods.

What it finds:
    Sidecars of one namespace, or Telemetries of one namespace, whose selectors match the same pods, and such ones
    without selector.

Why:
    A proxy follows one of them, and Istio does not say which.
    `istioctl analyze` says IST0110, IST0111, IST0159, IST0160.

Example:
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: {name: default, namespace: payment}
    spec: {egress: [{hosts: ["./*"]}]}
    ---
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: {name: wide, namespace: payment}
    spec: {egress: [{hosts: ["*/*"]}]}

Instead:
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: {name: default, namespace: payment}
    spec: {egress: [{hosts: ["./*", "istio-system/*"]}]}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.references.selection import pods_selected
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG731", "contested-workload", Severity.ERROR, is_shared=True)
_KINDS: Final = (
    ("Sidecar", NETWORKING, "workloadSelector", "labels"),
    ("Telemetry", "telemetry.istio.io", "selector", "matchLabels"),
)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report objects for pods that an earlier one is for already."""
    for kind, group, selector, labels in _KINDS:
        whole: dict[str, Subject] = {}
        taken: dict[int, Subject] = {}
        for subject in cluster.of(kind, group):
            spec = mapping(subject.data.get("spec"))
            wanted = mapping(mapping(spec.get(selector)).get(labels))
            if wanted:
                selected = pods_selected(cluster, subject.namespace, {"matchLabels": wanted})
                others = [(pods, taken.setdefault(id(pods), subject)) for pods in selected]
                for pods, other in others:
                    if str(other) != str(subject):
                        message = f"{subject} is for the pods of {pods}, as {other} is: only one of them counts"
                        yield subject.found(("spec", selector), message, "let their selectors select other pods")
                        break
            elif "targetRef" not in spec and "targetRefs" not in spec:
                other = whole.setdefault(subject.namespace, subject)
                if str(other) != str(subject):
                    message = f"{subject} is for all pods of its namespace, as {other} is: only one of them counts"
                    yield subject.found(("metadata", "name"), message, "make one of both, or select pods")
