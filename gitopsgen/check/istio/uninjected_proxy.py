"""A pod that waits for a proxy which nobody injects.

What it finds:
    Pods with a container `istio-proxy` whose image is `auto`, in a namespace that does not ask for injection and
    without the label `sidecar.istio.io/inject: "true"`, or with one that forbids it.

Why:
    `auto` is no image: it stands for the one that the injector writes, and the pod does not start.
    `istioctl analyze` says IST0146.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: ingress}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {matchLabels: {app: edge}}
      template:
        metadata: {labels: {app: edge}}
        spec: {containers: [{name: istio-proxy, image: auto}]}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: ingress}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {matchLabels: {app: edge}}
      template:
        metadata: {labels: {app: edge, sidecar.istio.io/inject: "true"}}
        spec: {containers: [{name: istio-proxy, image: auto}]}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.sidecars import INJECT, has_sidecar, namespace_labels
from gitopsgen.check.pods import containers, pod_labels
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity

RULE = Rule("GG743", "uninjected-proxy", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report proxies without an image."""
    for subject in cluster.workloads():
        for path, container in containers(subject):
            if container.get("name") != "istio-proxy" or container.get("image") != "auto":
                continue
            is_forbidden = pod_labels(subject).get(INJECT) == "false"
            is_known = cluster.get("Namespace", subject.namespace) is not None or is_forbidden
            if is_known and not has_sidecar(subject, namespace_labels(cluster, subject)):
                message = f"the proxy of {subject} waits for injection, which nothing asks for"
                yield subject.found((*path, "image"), message, f'label the pods {INJECT}: "true"')
