"""A seccomp profile that no node has.

What it finds:
    A `localhostProfile` that is neither a file of the cluster's nodes below `/var/lib/kubelet/seccomp` nor a
    SeccompProfile (`operator/NAME.json`, or `operator/NAMESPACE/NAME.json`). Where neither files of nodes nor
    SeccompProfiles are known, nothing is said.

Why:
    The kubelet starts no container of the pod: CreateContainerError.

Example:
    apiVersion: security-profiles-operator.x-k8s.io/v1
    kind: SeccompProfile
    metadata: {name: ledger}
    spec: {defaultAction: SCMP_ACT_LOG}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      securityContext: {seccompProfile: {type: Localhost, localhostProfile: operator/ledgre.json}}
      containers: []

Instead:
    apiVersion: security-profiles-operator.x-k8s.io/v1
    kind: SeccompProfile
    metadata: {name: ledger}
    spec: {defaultAction: SCMP_ACT_LOG}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      securityContext: {seccompProfile: {type: Localhost, localhostProfile: operator/ledger.json}}
      containers: []

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG526", "missing-seccomp-profile", Severity.ERROR, is_shared=True)
# Where the kubelet looks: https://kubernetes.io/docs/tutorials/security/seccomp/
_FOLDER: Final = "/var/lib/kubelet/seccomp/"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report profiles that are not there."""
    known = _known(cluster)
    if not known:
        return
    for subject in cluster.workloads():
        for path, profile in _profiles(subject):
            if profile not in known:
                message = f'{subject} runs under the seccomp profile "{profile}", which no node has'
                yield subject.found(path, message, suggestion(profile, known))


def _known(cluster: Cluster) -> list[str]:
    files = [path.rpartition(_FOLDER)[2] for path, _ in cluster.files if _FOLDER in path]
    profiles = cluster.of("SeccompProfile", "security-profiles-operator.x-k8s.io")
    # Up to v1beta1 of 0.8 profiles stood in namespaces.
    names = [f"{one.namespace}/{one.name}" if one.namespace else one.name for one in profiles]
    return sorted([*files, *(f"operator/{name}.json" for name in names)])


def _profiles(subject: Subject) -> Iterator[tuple[Path, str]]:
    places: list[tuple[Path, Any]] = [(spec_path(subject), pod_spec(subject)), *containers(subject)]
    for path, place in places:
        profile = mapping(mapping(place.get("securityContext")).get("seccompProfile"))
        if profile.get("type") == "Localhost" and (name := text(profile.get("localhostProfile"))):
            yield (*path, "securityContext", "seccompProfile", "localhostProfile"), name
