"""A container that runs as the user of the mesh's proxy.

What it finds:
    Pods with a sidecar that have a container other than `istio-proxy` whose `runAsUser`, its own or the pod's, is 1337.
    Init containers are left out: as this user they reach others before the proxy runs.

Why:
    The traffic of this user is taken for the proxy's own: it passes the mesh unseen, without identity and encryption.
    `istioctl analyze` says IST0144.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: pay, namespace: payment, labels: {sidecar.istio.io/inject: "true"}}
    spec: {securityContext: {runAsUser: 1337}, containers: [{name: pay}]}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: pay, namespace: payment, labels: {sidecar.istio.io/inject: "true"}}
    spec: {securityContext: {runAsUser: 10001}, containers: [{name: pay}]}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.sidecars import has_sidecar, namespace_labels
from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule("GG744", "proxy-user", Severity.WARNING, is_shared=True)
_USER: Final = 1337
_PROXY: Final = "istio-proxy"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report users that are the proxy's."""
    for subject in cluster.workloads():
        where = next(_places(subject), None)
        if where and has_sidecar(subject, namespace_labels(cluster, subject)):
            message = f"{subject} runs as the user {_USER}, whose traffic passes the mesh unseen"
            yield subject.found(where, message, "any other user will do")


def _places(subject: Subject) -> Iterator[Path]:
    """Give where the user of a container is said, for each that has the proxy's."""
    of_pod = mapping(pod_spec(subject).get("securityContext"))
    for path, container in containers(subject):
        own = mapping(container.get("securityContext"))
        if path[-2] == "containers" and container.get("name") != _PROXY and {**of_pod, **own}.get("runAsUser") == _USER:
            context = path if "runAsUser" in own else spec_path(subject)
            yield (*context, "securityContext", "runAsUser")
