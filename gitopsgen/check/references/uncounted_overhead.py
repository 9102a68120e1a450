"""A guest that nobody reckons with.

What it finds:
    A RuntimeClass of Kata Containers without `overhead.podFixed`.

Why:
    Each pod brings a virtual machine of its own. Where the class does not say what that costs, the scheduler takes the
    pod for as large as its containers ask, and the node runs out of memory.

Example:
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: kata}
    handler: kata

Instead:
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: kata}
    handler: kata
    overhead: {podFixed: {cpu: 250m, memory: 320Mi}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.check.runtimes import is_kata
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG562", "uncounted-overhead", Severity.ERROR, on=of_kind("RuntimeClass.node.k8s.io"), is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report guests without a price."""
    if is_kata(text(subject.data.get("handler"))):
        price = mapping(mapping(subject.data.get("overhead")).get("podFixed"))
        for resource in ("cpu", "memory"):
            if resource not in price:
                message = f"{subject} does not say how much {resource} a guest takes"
                yield subject.found(("handler",), message, f"say it in overhead.podFixed.{resource}")
