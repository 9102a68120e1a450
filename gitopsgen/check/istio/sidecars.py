"""Which pods get a proxy of the mesh beside them, by the labels of their namespace and their own. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import pod_labels
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping

INJECT: Final = "sidecar.istio.io/inject"


def namespace_labels(cluster: Cluster, subject: Subject) -> Mapping[str, Any]:
    """Give the labels of the namespace of an object; none where no manifest describes it."""
    namespace = cluster.get("Namespace", subject.namespace)
    return mapping(namespace.metadata.get("labels")) if namespace else {}


def has_sidecar(subject: Subject, namespace: Mapping[str, Any]) -> bool:
    """Tell whether the pods of a workload get a sidecar, in a namespace with these labels."""
    asked = pod_labels(subject).get(INJECT)
    enabled = namespace.get("istio-injection") == "enabled" or "istio.io/rev" in namespace
    return asked == "true" or (enabled and asked != "false")
