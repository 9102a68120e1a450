"""A job whose settings need others that it does not have.

What it finds:
    A `selector` without `manualSelector` or the other way round, an Indexed job without `completions`, limits
    by index of a job that is not Indexed, and a policy of failures that cannot apply, or is about a container that
    the pods do not have.

Why:
    The API server refuses the object. The labels by which a Job finds its pods are made by the server.

Example:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: settle, namespace: payment}
    spec:
      selector: {matchLabels: {app: settle}}
      template:
        metadata: {labels: {app: settle}}
        spec:
          restartPolicy: Never
          containers: [{name: settle, image: registry.example.com/settle}]

Instead:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: settle, namespace: payment}
    spec:
      template:
        metadata: {labels: {app: settle}}
        spec:
          restartPolicy: Never
          containers: [{name: settle, image: registry.example.com/settle}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.kubernetes.lenience import release
from gitopsgen.check.names import label_key
from gitopsgen.check.pods import pod_labels, pod_spec
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG459",
    "malformed-job",
    Severity.ERROR,
    on=of_kind("CronJob.batch", "Job.batch"),
    is_shared=True,
    refused_by=API_SERVER,
)
_CONTAINERS: Final = ("containers", "initContainers")
_MOST_AT_ONCE: Final = 100_000
_SUCCESSFUL: Final = [1, 31]  # the first that reads successPolicy
_MANAGED: Final = [1, 32]  # the first that reads managedBy

Wrong = tuple[Path, str, str]


def check(subject: Subject) -> Iterator[Found]:
    """Report settings of jobs that the server does not take."""
    path: Path = ("spec",) if subject.known.name == "Job" else ("spec", "jobTemplate", "spec")
    spec: Mapping[str, Any] = subject.data
    for step in path:
        spec = mapping(spec.get(str(step)))
    newer = _newer(spec, release(subject.known.kind))
    for wrong in (_selector(subject, spec), _indexed(spec), newer, _failures(spec, pod_spec(subject))):
        for below, message, hint in wrong:
            yield subject.found((*path, *below), message, hint)


def _selector(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Wrong]:
    selector, is_manual = spec.get("selector"), spec.get("manualSelector") is True
    selects = any(mapping(selector).get(field) for field in ("matchExpressions", "matchLabels"))
    if selects and (not is_manual or subject.known.name == "CronJob"):
        message = "a selector of one's own; the server makes one for each job"
        yield ("selector",), message, "remove it"
    elif is_manual and selector is None and subject.known.name == "Job":
        yield ("selector",), "manualSelector without a selector", "remove manualSelector"
    elif is_manual and selects and isinstance(selector, dict) and not matches(selector, pod_labels(subject)):
        where: Path = ("template", "metadata", "labels")
        yield where, "the selector does not select these labels", "remove selector and manualSelector"


def _indexed(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    is_indexed = spec.get("completionMode") == "Indexed"
    completions, parallelism = spec.get("completions"), spec.get("parallelism")
    most, of_index = spec.get("maxFailedIndexes"), spec.get("backoffLimitPerIndex")
    if is_indexed and completions is None and parallelism is not None:
        yield ("completions",), "an Indexed job without completions", "say how many indexes it has"
    if is_indexed and type(parallelism) is int and parallelism > _MOST_AT_ONCE:
        message = f"parallelism of an Indexed job is {parallelism}, expected at most {_MOST_AT_ONCE}"
        yield ("parallelism",), message, ""
    if of_index is not None and not is_indexed:
        message = "backoffLimitPerIndex of a job that is not Indexed"
        yield ("backoffLimitPerIndex",), message, "write completionMode: Indexed"
    if most is not None and of_index is None:
        yield ("backoffLimitPerIndex",), "maxFailedIndexes without backoffLimitPerIndex", "add it"
    elif type(most) is int and type(completions) is int and most > completions:
        yield ("maxFailedIndexes",), f"maxFailedIndexes is {most}, above the {completions} completions", ""


def _newer(spec: Mapping[str, Any], version: list[int]) -> Iterator[Wrong]:
    manager = text(spec.get("managedBy"))
    if manager and version >= _MANAGED and ("/" not in manager or label_key(manager)):
        message = f'managedBy is "{manager}", expected a domain and a name, as in example.com/controller'
        yield ("managedBy",), message, "remove it where the cluster's own controller runs the job"
    if spec.get("successPolicy") is not None and version >= _SUCCESSFUL and spec.get("completionMode") != "Indexed":
        yield ("successPolicy",), "successPolicy of a job that is not Indexed", "write completionMode: Indexed"


def _failures(spec: Mapping[str, Any], pods: Mapping[str, Any]) -> Iterator[Wrong]:
    if not isinstance(policy := spec.get("podFailurePolicy"), dict):
        return
    if pods.get("restartPolicy") == "OnFailure":
        message = "restartPolicy is OnFailure, expected Never beside podFailurePolicy: else pods do not fail"
        yield ("template", "spec", "restartPolicy"), message, "write Never"
    if spec.get("podReplacementPolicy") == "TerminatingOrFailed":
        message = "podReplacementPolicy is TerminatingOrFailed, expected Failed beside podFailurePolicy"
        yield ("podReplacementPolicy",), message, "remove it"
    for index, rule in enumerate(map(mapping, sequence(policy.get("rules")))):
        yield from _rule(("podFailurePolicy", "rules", index), rule, spec)


def _rule(path: Path, rule: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Wrong]:
    yield from _codes((*path, "onExitCodes"), mapping(rule.get("onExitCodes")), spec)
    if rule.get("onExitCodes") is None and not rule.get("onPodConditions"):
        yield path, "a rule of failures without onExitCodes or onPodConditions", "say when it applies"
    for index, one in enumerate(map(mapping, sequence(rule.get("onPodConditions")))):
        sort = one.get("type")
        if isinstance(sort, str) and (expected := label_key(sort)):
            yield (*path, "onPodConditions", index, "type"), f'the condition "{sort}" must be {expected}', ""
    if rule.get("action") == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
        yield (*path, "action"), "FailIndex without backoffLimitPerIndex", "add it, or write FailJob"


def _codes(path: Path, codes: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Wrong]:
    values, name = sequence(codes.get("values")), codes.get("containerName")
    pods = mapping(mapping(spec.get("template")).get("spec"))
    names = [mapping(one).get("name") for field in _CONTAINERS for one in sequence(pods.get(field))]
    if isinstance(name, str) and name not in names:
        yield (*path, "containerName"), f'the pods have no container "{name}"', ""
    if codes.get("values") == []:
        yield (*path, "values"), "the list of exit codes is empty, expected at least one", ""
    numbers = [one or 0 for one in values if one is None or type(one) is int]  # null is none at all, 0
    if len(numbers) == len(values) and sorted(numbers) != numbers:
        message = f"the exit codes are {numbers}, expected them in order"
        yield (*path, "values"), message, f"write {sorted(numbers)}"
    if codes.get("operator") == "In" and 0 in numbers:
        yield (*path, "values"), "exit code 0 is no failure", "remove it"
