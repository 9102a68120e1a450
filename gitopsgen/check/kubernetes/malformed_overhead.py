"""An overhead of a runtime class that no pod can have.

What it finds:
    A RuntimeClass whose `overhead.podFixed` names an unknown resource, has an amount below 0, a part of a
    thing that is counted in whole numbers, or huge pages alone.

Why:
    The API server refuses the object.

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

from collections.abc import Iterator

from gitopsgen.check.kubernetes import resources
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule(
    "GG474",
    "malformed-overhead",
    Severity.ERROR,
    on=of_kind("RuntimeClass.node.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report resources and amounts that are refused."""
    fixed = mapping(mapping(subject.data.get("overhead")).get("podFixed"))
    for name, value in fixed.items():
        field = ("overhead", "podFixed", name)
        expected = resources.of_container(name)
        if expected:
            yield subject.found(field, f'the resource "{name}" of the overhead must be {expected}')
        elif resources.expected_amount(name, value):
            expected = resources.expected_amount(name, value)
            yield subject.found(field, f"the overhead of {name} is {value}, expected {expected}")
    if any(name.startswith("hugepages-") for name in fixed) and not {"cpu", "memory"} & fixed.keys():
        message = f"the overhead of {subject} has huge pages alone, expected cpu or memory with them"
        yield subject.found(("overhead",), message)
