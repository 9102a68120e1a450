"""A seccomp profile that the guest's kernel never sees.

What it finds:
    Pods that run in a guest with a kernel of its own (Kata Containers) and name a Localhost seccomp profile, without
    the annotation that lets the guest take it.

Why:
    Kata gives no profile to its guest unless it is told so (`disable_guest_seccomp = true` is its default): the pod
    starts, and every system call is allowed.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: payment, namespace: payment}
    spec:
      runtimeClassName: kata-qemu
      containers:
        - name: payment
          securityContext: {seccompProfile: {type: Localhost, localhostProfile: operator/payment.json}}

Instead:
    apiVersion: v1
    kind: Pod
    metadata:
      name: payment
      namespace: payment
      annotations: {io.katacontainers.config.runtime.disable_guest_seccomp: "false"}
    spec:
      runtimeClassName: kata-qemu
      containers:
        - name: payment
          securityContext: {seccompProfile: {type: Localhost, localhostProfile: operator/payment.json}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import containers, pod_spec, spec_path, template
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.check.runtimes import handler, is_kata
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule("GG431", "unfiltered-guest", Severity.ERROR, is_shared=True)
_ANNOTATION: Final = "io.katacontainers.config.runtime.disable_guest_seccomp"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report profiles of pods whose guests take none."""
    for subject in cluster.workloads():
        annotations = mapping(mapping(template(subject).get("metadata")).get("annotations"))
        if is_kata(handler(cluster, subject)) and annotations.get(_ANNOTATION) != "false":
            for path in _profiles(subject):
                message = f"{subject} runs in a guest that takes no seccomp profile, so this one has no effect"
                yield subject.found(path, message, f'annotate the pods with {_ANNOTATION}: "false"')


def _profiles(subject: Subject) -> Iterator[Path]:
    places: list[tuple[Path, Any]] = [(spec_path(subject), pod_spec(subject)), *containers(subject)]
    for path, place in places:
        profile = mapping(mapping(place.get("securityContext")).get("seccompProfile"))
        if profile.get("type") == "Localhost":
            yield (*path, "securityContext", "seccompProfile")
