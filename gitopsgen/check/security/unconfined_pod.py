"""Pods that their own namespace refuses.

What it finds:
    Pods in a namespace that enforces the profile `restricted`, of which a container may gain privileges, keeps
    capabilities, may run as root, or calls the kernel unfiltered.

Why:
    The API server refuses such pods. Their Deployment is taken all the same, and stays without a pod.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {pod-security.kubernetes.io/enforce: restricted}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec: {containers: [{name: gateway, securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false}}]}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {pod-security.kubernetes.io/enforce: restricted}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: gateway
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import containers, pod_spec
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule("GG443", "unconfined-pod", Severity.ERROR, is_shared=True)
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_PROFILES: Final = frozenset({"RuntimeDefault", "Localhost"})


def check(cluster: Cluster) -> Iterator[Found]:
    """Report containers that a restricted namespace refuses."""
    for subject in cluster.workloads():
        if _is_restricted(cluster, subject):
            pod = mapping(pod_spec(subject).get("securityContext"))
            for path, container in containers(subject):
                lacking = list(_lacking(pod, mapping(container.get("securityContext"))))
                if lacking:
                    message = f"{subject} is refused by its namespace, which is restricted: a container {lacking[0]}"
                    yield subject.found((*path, "securityContext"), message, f"set {', '.join(lacking[1:])}")


def _is_restricted(cluster: Cluster, subject: Subject) -> bool:
    namespace = cluster.get("Namespace", subject.namespace)
    return bool(namespace and mapping(namespace.metadata.get("labels")).get(_ENFORCE) == "restricted")


def _lacking(pod: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[str]:
    """Give what is wrong, then what to set for each of it."""
    profile = text(mapping(own.get("seccompProfile") or pod.get("seccompProfile")).get("type"))
    wrong = {
        "may gain privileges": own.get("allowPrivilegeEscalation") is not False,
        "keeps capabilities": "ALL" not in sequence(mapping(own.get("capabilities")).get("drop")),
        "may run as root": own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True,
        "calls the kernel unfiltered": profile not in _PROFILES,
    }
    found = [what for what, is_wrong in wrong.items() if is_wrong]
    if found:
        yield ", ".join(found)
        yield from (_CURES[what] for what in found)


_CURES: Final = {
    "may gain privileges": "allowPrivilegeEscalation: false",
    "keeps capabilities": "capabilities: {drop: [ALL]}",
    "may run as root": "runAsNonRoot: true",
    "calls the kernel unfiltered": "seccompProfile: {type: RuntimeDefault}",
}
