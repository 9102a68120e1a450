"""Mutators that take one place of an object for different things: Gatekeeper applies none of them.

Each location says something of the shape of its objects: `spec.containers[name: main]` that containers is a list with
the key name. https://open-policy-agent.github.io/gatekeeper/website/docs/mutation#mutation-conflicts
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from gitopsgen.policy.location import Field, Steps
from gitopsgen.policy.mutators import Mutator

_OBJECT, _LIST, _UNKNOWN = "object", "list", "unknown"
# What the place that a location ends at holds.
_ENDS: Final = {"Assign": _UNKNOWN, "ModifySet": "set", "AssignImage": "text"}


@dataclass(slots=True)
class _Place:
    """A place in objects of one kind: who names it, who sets it for good, and what is below, by key and by type."""

    named_by: set[str] = field(default_factory=set)
    ended_by: set[str] = field(default_factory=set)
    below: dict[str, dict[str, _Place]] = field(default_factory=dict)


def contradicting(mutators: Iterable[Mutator]) -> frozenset[str]:
    """Give the labels of the mutators that contradict another one."""
    roots: dict[tuple[str, ...], _Place] = {}
    for mutator in mutators:
        for schema in {one for target in mutator.targets or () for one in target.schemas}:
            _add(roots.setdefault(schema, _Place()), mutator)
    return frozenset(label for root in roots.values() for label in _below(root))


def _add(place: _Place, mutator: Mutator) -> None:
    steps = mutator.change.steps
    place.named_by.add(mutator.label)
    for depth, step in enumerate(steps):
        kind = _type_of(steps, depth, _ENDS[mutator.kind])
        place = place.below.setdefault(step[0], {}).setdefault(kind, _Place())
        place.named_by.add(mutator.label)
    if mutator.is_last:
        place.ended_by.add(mutator.label)


def _type_of(steps: Steps, depth: int, end: str) -> str:
    if depth + 1 == len(steps):
        return end
    return _OBJECT if isinstance(steps[depth + 1], Field) else _LIST


def _below(place: _Place) -> Iterable[str]:
    for by_type in place.below.values():
        yield from _at_odds(by_type)
        for each in by_type.values():
            yield from _below(each)


def _at_odds(by_type: dict[str, _Place]) -> Iterable[str]:
    is_unclear = len(by_type.keys() - {_UNKNOWN}) > 1
    for kind, place in by_type.items():
        if kind != _UNKNOWN and (is_unclear or (kind == _LIST and len(place.below) > 1)):
            yield from place.named_by
    further = [one for place in by_type.values() for types in place.below.values() for one in types.values()]
    if further and any(place.ended_by for place in by_type.values()):
        for place in by_type.values():
            yield from place.ended_by
        for one in further:
            yield from one.named_by
