"""A privilege that nobody has given a reason for.

What it finds:
    A container that is privileged, or adds a capability beside NET_BIND_SERVICE, in an object without the annotation
    `gitopsgen.io/justification`.

Why:
    Such a container can do to the node what no other pod may. Whoever reviews or audits it has to know why it must.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: feed-handler, namespace: trading-feed}
    spec:
      containers:
        - name: feed-handler
          securityContext: {capabilities: {drop: [ALL], add: [IPC_LOCK]}}

Instead:
    apiVersion: v1
    kind: Pod
    metadata:
      name: feed-handler
      namespace: trading-feed
      annotations:
        gitopsgen.io/justification: locks its huge pages in memory
    spec:
      containers:
        - name: feed-handler
          securityContext: {capabilities: {drop: [ALL], add: [IPC_LOCK]}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.pods import containers, template
from gitopsgen.check.rule import Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG442", "unjustified-privilege", Severity.ERROR, on=has_pods, is_shared=True)
_REASON: Final = "gitopsgen.io/justification"
_HARMLESS: Final = frozenset({"NET_BIND_SERVICE"})
_HINT: Final = f"say why in the annotation {_REASON}"


def check(subject: Subject) -> Iterator[Found]:
    """Report privileges without a reason."""
    metadata = (subject.metadata, mapping(template(subject).get("metadata")))
    if any(mapping(each.get("annotations")).get(_REASON) for each in metadata):
        return
    for path, what in _privileges(subject):
        yield subject.found(path, f"{what}, and {subject} gives no reason for it", _HINT)


def _privileges(subject: Subject) -> Iterator[tuple[Path, str]]:
    for path, container in containers(subject):
        context = mapping(container.get("securityContext"))
        if context.get("privileged") is True:
            yield (*path, "securityContext", "privileged"), "a container is privileged"
        for index, name in enumerate(sequence(mapping(context.get("capabilities")).get("add"))):
            if text(name) not in _HARMLESS:
                place = (*path, "securityContext", "capabilities", "add", index)
                yield place, f"a container adds the capability {name}"
