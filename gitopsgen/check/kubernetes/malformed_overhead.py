"""An overhead that no pod can have.

What it finds:
    An `overhead.podFixed` of a RuntimeClass, or an `overhead` of pods, that names an unknown resource, has an amount
    below 0, a part of a thing that is counted in whole numbers, or huge pages alone; pods that have an overhead and
    no `runtimeClassName`.

Why:
    The API server refuses the object; from a template it refuses the pods that are made of it.

Example:
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: kata}
    handler: kata
    overhead: {podFixed: {cpus: 250m, memory: 160Mi}}

Instead:
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: kata}
    handler: kata
    overhead: {podFixed: {cpu: 250m, memory: 160Mi}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.kubernetes import resources
from gitopsgen.check.kubernetes.lenience import validated
from gitopsgen.check.pods import pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Known, Rule, Subject, has_pods, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

_is_class = of_kind("RuntimeClass.node.k8s.io")


def _has_overhead(known: Known) -> bool:
    return has_pods(known) or _is_class(known)


RULE = Rule(
    "GG474",
    "malformed-overhead",
    Severity.ERROR,
    on=_has_overhead,
    is_shared=True,
    refused_by=API_SERVER,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report resources and amounts that are refused."""
    if not has_pods(subject.known):
        overhead = mapping(subject.data.get("overhead"))
        yield from _amounts(subject, ("overhead",), ("overhead", "podFixed"), mapping(overhead.get("podFixed")))
        return
    spec, path = pod_spec(subject), (*spec_path(subject), "overhead")
    yield from map(validated, _amounts(subject, path, path, mapping(spec.get("overhead"))))
    if isinstance(spec.get("overhead"), dict) and spec.get("runtimeClassName") is None:
        message = f"the pods of {subject} have an overhead and no runtimeClassName, whose overhead it would be"
        found = subject.found(path, message, "remove it: a pod gets the overhead of its runtime class")
        # the server looks when the pod is made, and takes what makes it
        yield found._replace(refused=subject.known.name == "Pod")


def _amounts(subject: Subject, whole: Path, path: Path, amounts: Mapping[str, Any]) -> Iterator[Found]:
    for name, value in amounts.items():
        expected = resources.of_container(name)
        if expected:
            yield subject.found((*path, name), f'the resource "{name}" of the overhead must be {expected}')
        elif expected := resources.expected_amount(name, value):
            yield subject.found((*path, name), f"the overhead of {name} is {value}, expected {expected}")
    if any(name.startswith("hugepages-") for name in amounts) and not {"cpu", "memory"} & amounts.keys():
        message = f"the overhead of {subject} has huge pages alone, expected cpu or memory with them"
        yield subject.found(whole, message)
