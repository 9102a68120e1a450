"""What is the same for clusters whose pods find their nodes alike: so a fleet of like cities is placed once."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from typing import Any, Final

from gitopsgen.capacity.nodes import Node
from gitopsgen.capacity.workload import Workload
from gitopsgen.model.unchecked import mapping, sequence

_PLACING: Final = ("affinity", "topologySpreadConstraints")


def likeness(workloads: Sequence[Workload], nodes: Sequence[Node]) -> bytes:
    """Give a key that is equal for pods and nodes that are placed alike.

    Of the labels of nodes only those count that some pod asks for: the name of the city mostly does not.
    """
    asked = {key for one in workloads for key in (*one.selector, *_keys(one.claim.spec))}
    pods = [
        (
            (one.claim.least, one.claim.most, one.claim.surge, one.claim.per_node, one.priority, one.may_wait),
            (one.claim.namespace, one.claim.name, one.requests, one.selector, one.tolerations, one.claim.labels),
            [one.claim.spec.get(name) for name in _PLACING],
        )
        for one in workloads
    ]
    places = [(one.free, one.taints, [(key, one.labels.get(key)) for key in sorted(asked)]) for one in nodes]
    return marshal.dumps((pods, places), 2)


def _keys(spec: Any) -> Iterator[str]:
    """Give the labels that a pod's affinity and spreading speak of, and some more."""
    for one in sequence(spec.get("topologySpreadConstraints")):
        yield str(mapping(one).get("topologyKey"))
    if spec.get("affinity"):
        yield from _named(spec["affinity"])


def _named(data: Any) -> Iterator[str]:
    for key, value in mapping(data).items():
        if key in {"key", "topologyKey"}:
            yield str(value)
        for part in value if isinstance(value, list) else [value]:
            yield from _named(part)
