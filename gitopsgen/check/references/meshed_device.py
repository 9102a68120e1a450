"""A network card of a pod's own, in a mesh.

What it finds:
    Pods that attach a further network (`k8s.v1.cni.cncf.io/networks`) in a namespace whose pods join the mesh,
    without leaving it themselves.

Why:
    What passes the further network passes the mesh by: no encryption, no identity, no policy, while everyone takes the
    namespace for guarded. The mesh's redirection in turn costs the time that the card was meant to save.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: trading-feed, labels: {istio.io/dataplane-mode: ambient}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: feed, namespace: trading-feed, annotations: {k8s.v1.cni.cncf.io/networks: market-feed}}
    spec: {containers: []}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: trading-feed}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: feed, namespace: trading-feed, annotations: {k8s.v1.cni.cncf.io/networks: market-feed}}
    spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_labels, template
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule("GG516", "meshed-device", Severity.ERROR, is_shared=True)
_NETWORKS: Final = "k8s.v1.cni.cncf.io/networks"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report pods with a card of their own in a meshed namespace."""
    for subject in cluster.workloads():
        annotations = mapping(mapping(template(subject).get("metadata")).get("annotations"))
        namespace = cluster.get("Namespace", subject.namespace)
        if _NETWORKS not in annotations or namespace is None or _leaves(pod_labels(subject)):
            continue
        label = _joins(mapping(namespace.metadata.get("labels")))
        if label:
            message = f'{subject} attaches the network "{annotations[_NETWORKS]}" in a namespace that joins the mesh'
            place = (*_path(subject), "metadata", "annotations", _NETWORKS)
            yield subject.found(place, message, f'take the label "{label}" off the namespace')


def _path(subject: Subject) -> tuple[str | int, ...]:
    return subject.known.pods or ()


def _joins(labels: Mapping[str, Any]) -> str:
    """Give the label by which the pods of a namespace join the mesh, empty where there is none."""
    if labels.get("istio.io/dataplane-mode") == "ambient":
        return "istio.io/dataplane-mode"
    if labels.get("istio-injection") == "enabled":
        return "istio-injection"
    return "istio.io/rev" if "istio.io/rev" in labels and labels.get("istio-injection") != "disabled" else ""


def _leaves(labels: Mapping[str, Any]) -> bool:
    return labels.get("istio.io/dataplane-mode") == "none" or labels.get("sidecar.istio.io/inject") == "false"
