"""Numbers of which each is allowed, but not both.

What it finds:
    A `progressDeadlineSeconds` (600 where it is unset) that is not above `minReadySeconds`,
    `activeDeadlineSeconds` in pods that run forever, a `preStop` sleep longer than the grace period, ordinals
    below zero; a `priority` or `preemptionPolicy` of pods that is not the one of their class (0 without a class).

Why:
    The API server refuses the object; from a template it refuses the pods that are made of it.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: ledger, namespace: payment}
    spec:
      minReadySeconds: 600
      selector: {matchLabels: {app: ledger}}
      template:
        metadata: {labels: {app: ledger}}
        spec: {containers: [{name: ledger, image: registry.example.com/ledger}]}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: ledger, namespace: payment}
    spec:
      minReadySeconds: 600
      progressDeadlineSeconds: 900
      selector: {matchLabels: {app: ledger}}
      template:
        metadata: {labels: {app: ledger}}
        spec: {containers: [{name: ledger, image: registry.example.com/ledger}]}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.kubernetes.lenience import validated
from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG446", "contradicting-number", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_PROGRESS: Final = 600  # what a server assumes, in seconds
_GRACE: Final = 30  # likewise
# Priorities of the classes that every cluster has, and of pods without a class where none is for all.
_PRIORITIES: Final = {"": 0, "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_PREEMPTION: Final = "PreemptLowerPriority"  # that of all these
_FOREVER: Final = ("DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")


def check(subject: Subject) -> Iterator[Found]:
    """Report numbers that contradict each other or the kind."""
    spec = mapping(subject.data.get("spec"))
    if subject.known.name == "Deployment":
        yield from _deadline(subject, spec)
    start = mapping(spec.get("ordinals")).get("start")
    if subject.known.name == "StatefulSet" and _whole(start, 0) < 0:
        yield subject.found(("spec", "ordinals", "start"), f"start is {start}, expected at least 0")
    if subject.known.name in _FOREVER and pod_spec(subject).get("activeDeadlineSeconds") is not None:
        path = (*spec_path(subject), "activeDeadlineSeconds")
        message = f"activeDeadlineSeconds in a {subject.known.name}, whose pods run forever"
        yield validated(subject.found(path, message, "remove it"))
    yield from _sleeps(subject)
    yield from _computed(subject)


def _deadline(subject: Subject, spec: Any) -> Iterator[Found]:
    deadline = _whole(spec.get("progressDeadlineSeconds"), _PROGRESS)
    ready = _whole(spec.get("minReadySeconds"), 0)
    if 0 <= deadline <= ready:
        message = f"progressDeadlineSeconds is {deadline}, expected more than minReadySeconds, which is {ready}"
        yield subject.found(("spec", "progressDeadlineSeconds"), message, "raise it, or lower minReadySeconds")


def _sleeps(subject: Subject) -> Iterator[Found]:
    grace = _whole(pod_spec(subject).get("terminationGracePeriodSeconds"), _GRACE)
    for path, container in containers(subject):
        for hook in ("postStart", "preStop"):
            sleep = mapping(mapping(mapping(container.get("lifecycle")).get(hook)).get("sleep"))
            seconds = _whole(sleep.get("seconds"), 0)
            if seconds < 0 or seconds > max(grace, 1):  # a server reads less than nothing as 1
                message = f"sleeps {seconds} s, expected 0 to {grace}, the grace period of the pod"
                where = (*path, "lifecycle", hook, "sleep", "seconds")
                yield validated(subject.found(where, message, "raise terminationGracePeriodSeconds"))


def _computed(subject: Subject) -> Iterator[Found]:
    """Give what the server works out from the class of the pods, when they are made, and takes no other."""
    spec = pod_spec(subject)
    name = text(spec.get("priorityClassName"))
    if name not in _PRIORITIES:
        return
    of_class = f"the priority class {name}" if name else "a pod without a priority class"
    for field, default in (("priority", _PRIORITIES[name]), ("preemptionPolicy", _PREEMPTION)):
        value = spec.get(field)
        if type(value) is type(default) and value not in (default, ""):
            message = f"{field} is {value}, expected {default}, which {of_class} has"
            found = subject.found((*spec_path(subject), field), message, "remove it, and name a class that has it")
            yield found._replace(refused=subject.known.name == "Pod")


def _whole(value: Any, default: int) -> int:
    return value if type(value) is int else default
