"""A restart policy that the kind does not allow.

What it finds:
    A `restartPolicy` other than `Always` in a workload that runs forever, and one that is `Always` or missing
    in a Job or CronJob. Before Kubernetes 1.35 also one of a container, but for `Always` of an init container.

Why:
    The API server refuses the object. The default, `Always`, is none that a Job may have, so it must be written
    there.

Example:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: settle, namespace: payment}
    spec:
      template:
        spec:
          containers: [{name: settle, image: registry.example.com/settle}]

Instead:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: settle, namespace: payment}
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: settle, image: registry.example.com/settle}]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.kubernetes.lenience import release, validated
from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Known, Rule, Subject, has_pods, makes_pods
from gitopsgen.diagnostics import Severity


def _is_workload(known: Known) -> bool:
    return known.kind is not None and makes_pods(known) and known.name != "Pod"


RULE = Rule("GG445", "unfit-restart-policy", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_SIDECARS: Final = [1, 29]  # the first that reads the policy of a container
_RESTARTED: Final = [1, 35]  # the first that lets each container have its own
_ENDING: Final = ("CronJob", "Job")


def check(subject: Subject) -> Iterator[Found]:
    """Report the policy that pods of this kind, or their containers, cannot have."""
    if _SIDECARS <= release(subject.known.kind) < _RESTARTED:
        yield from _containers(subject)
    if not _is_workload(subject.known):
        return
    policy = pod_spec(subject).get("restartPolicy") or ""
    path = (*spec_path(subject), "restartPolicy")
    kind = subject.known.name
    if kind in _ENDING:
        if policy in ("", "Always"):
            message = f"restartPolicy is {'Always' if policy else 'not set'}, expected Never or OnFailure in a {kind}"
            yield subject.found(path, message, "write restartPolicy: Never, or OnFailure")
    elif policy not in ("", "Always"):
        yield validated(subject.found(path, f'restartPolicy is "{policy}", expected Always in a {kind}', "remove it"))


def _containers(subject: Subject) -> Iterator[Found]:
    for path, container in containers(subject):
        policy, where = container.get("restartPolicy"), (*path, "restartPolicy")
        if not policy:
            continue
        if path[-2] != "initContainers":
            message = "restartPolicy of a container, expected at the pod"
            yield validated(subject.found(where, message, "move it out of the list of containers"))
        elif policy != "Always":
            message = f'restartPolicy of an init container is "{policy}", expected Always, which makes it a sidecar'
            yield validated(subject.found(where, message, "remove it"))
