"""A pod that is to own its processors, and will not.

What it finds:
    A pod with the label `gitopsgen.io/latency: exclusive` that the kubelet gives no processors of its own: a container
    whose requests are not its limits, or that asks for a part of a processor.

Why:
    Only pods of the class Guaranteed get processors for themselves, and only whole ones.
    Anything else shares them, is throttled by a quota, and waits: the slowest percent misses its objective.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: trading-service, namespace: trading, labels: {gitopsgen.io/latency: exclusive}}
    spec:
      containers:
        - name: trading-service
          resources:
            requests: {cpu: 500m, memory: 512Mi}
            limits: {cpu: 2000m, memory: 2Gi}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: trading-service, namespace: trading, labels: {gitopsgen.io/latency: exclusive}}
    spec:
      containers:
        - name: trading-service
          resources:
            requests: {cpu: "2", memory: 2Gi}
            limits: {cpu: "2", memory: 2Gi}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.check.pods import containers, pod_labels
from gitopsgen.check.rule import Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule("GG441", "shared-processors", Severity.ERROR, on=has_pods, is_shared=True)
_LABEL: Final = "gitopsgen.io/latency"


def check(subject: Subject) -> Iterator[Found]:
    """Report what keeps containers from processors of their own."""
    if pod_labels(subject).get(_LABEL) != "exclusive":
        return
    for path, container in containers(subject):
        resources = mapping(container.get("resources"))
        for name in ("cpu", "memory"):
            yield from _equal(subject, (*path, "resources"), resources, name)
        cpu = amount(mapping(resources.get("limits")).get("cpu"))
        if path[-2] == "containers" and cpu is not None and cpu % 1:
            message = "the container asks for a part of a processor, expected whole ones for a pod that owns them"
            yield subject.found((*path, "resources", "limits", "cpu"), message)


def _equal(subject: Subject, path: Path, resources: Mapping[str, Any], name: str) -> Iterator[Found]:
    """Report a limit that is missing, or a request that is something else; one that is missing is the limit."""
    limit = mapping(resources.get("limits")).get(name)
    request = mapping(resources.get("requests")).get(name, limit)
    if limit is None:
        message = f"the container has no limit of {name}, expected one that equals its request"
        yield subject.found((*path, "limits") if "limits" in resources else path, message)
    elif amount(request) != amount(limit):
        message = f'the container asks for "{request}" of {name} with a limit of "{limit}", expected the same'
        yield subject.found((*path, "requests", name), message, "a pod is Guaranteed only if all of them are the same")
