"""A workload that does not select its own pods.

What it finds:
    A Deployment, StatefulSet, DaemonSet, ReplicaSet or ReplicationController whose `spec.selector`
    is empty or does not select the labels of its pod template; a ReplicationController without a template.

Why:
    The API server refuses the object.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app.kubernetes.io/name: payment-gateway}}
      template:
        metadata: {labels: {app.kubernetes.io/name: payment}}
        spec: {containers: []}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      selector: {matchLabels: {app.kubernetes.io/name: payment-gateway}}
      template:
        metadata: {labels: {app.kubernetes.io/name: payment-gateway}}
        spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.pods import pod_labels, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule(
    "GG416",
    "mismatched-selector",
    Severity.ERROR,
    on=of_kind("DaemonSet.apps", "Deployment.apps", "ReplicaSet.apps", "ReplicationController", "StatefulSet.apps"),
    is_shared=True,
    refused_by=API_SERVER,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report a selector that misses the pods of its own template."""
    spec = mapping(subject.data.get("spec"))
    selector = mapping(spec.get("selector"))
    if subject.known.name == "ReplicationController":
        if spec.get("template") is None:
            yield subject.found(("spec",), f"{subject} has no template for its pods, expected one")
            return
        if not selector:
            return  # without a selector the server takes the labels of the template
        selector = {"matchLabels": selector}
    if "selector" not in spec:
        return  # reported as a missing field
    if not (selector.get("matchLabels") or selector.get("matchExpressions")):
        yield subject.found(
            ("spec", "selector"), f"the selector of {subject} is empty, expected the labels of its pods"
        )
    elif not matches(selector, pod_labels(subject)):
        message = f"the selector of {subject} does not select the labels of its own pod template"
        # named as the server does: labels can be mended, a selector is not changed once it is made
        where = (*spec_path(subject)[:-1], "metadata", "labels")
        yield subject.found(where, message, "use the same labels in both places")
