"""How one mutator of Gatekeeper changes one object, at the place that its location names.

https://open-policy-agent.github.io/gatekeeper/website/docs/mutation
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from gitopsgen.model.unchecked import mapping
from gitopsgen.policy.image_parts import ImageParts
from gitopsgen.policy.location import Field, Item, Steps

MUST_EXIST, MUST_NOT_EXIST = "MustExist", "MustNotExist"
Data = dict[str, Any]


class UnmutableError(Exception):
    """A mutator that is for an object and cannot change it: why."""


@dataclass(frozen=True, slots=True)
class Value:
    """A constant."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromMetadata:
    """The name or the namespace of the object."""

    field: str


@dataclass(frozen=True, slots=True)
class External:
    """What a provider outside of the cluster would answer."""

    provider: str


@dataclass(frozen=True, slots=True)
class SetOf:
    """Values that a list has to hold, or must not hold."""

    values: tuple[Any, ...]
    is_pruned: bool


@dataclass(frozen=True, slots=True)
class Image:
    """Parts of an image."""

    parts: ImageParts


# What is put where a location ends.
Setter: TypeAlias = Value | FromMetadata | External | SetOf | Image


@dataclass(frozen=True, slots=True)
class Change:
    """What one mutator does: where, under which conditions (by the number of the step), and what it puts there."""

    steps: Steps
    conditions: Mapping[int, str]
    setter: Setter

    def made_in(self, data: Data) -> bool:
        """Change an object in place and tell whether anything was set; raises `UnmutableError`."""
        if not self.steps:
            raise UnmutableError("the location is empty")
        return self._in(data, 0, data) is not None

    def _in(self, current: Any, depth: int, whole: Data) -> Data | list[Any] | None:
        """Give what takes the place of `current`, None where nothing was set below it."""
        step = self.steps[depth]
        if isinstance(step, Field):
            return self._in_object(current, step, depth, whole)
        if not isinstance(current, list):
            raise UnmutableError(f"found {_named(current)} where the location has a list with the key {step.key}")
        if depth == len(self.steps) - 1:
            return self._with_item(list(current), step, depth)
        return self._in_list(list(current), step, depth, whole)

    def _in_object(self, current: Any, step: Field, depth: int, whole: Data) -> Data | None:
        if not isinstance(current, dict):
            raise UnmutableError(f"found {_named(current)} where the location has an object with {step.name}")
        if not self._is_fine(depth, is_there=step.name in current):
            return None
        if depth == len(self.steps) - 1:
            _put(self.setter, current, step.name, whole)
            return current
        below = current[step.name] if step.name in current else self._empty(depth)
        made = self._in(below, depth + 1, whole)
        if made is None:
            return None
        current[step.name] = made
        return current

    def _in_list(self, items: list[Any], step: Item, depth: int, whole: Data) -> list[Any] | None:
        is_each = step.value is None
        chosen = items if is_each else [one for one in items if _has(one, step)]
        if (is_each or chosen) and not self._is_fine(depth, is_there=True):
            return None
        if not is_each and not chosen:
            if not self._is_fine(depth, is_there=False):
                return None
            chosen = [{step.key: step.value}]
            items.append(chosen[0])
        made = [self._in(one, depth + 1, whole) for one in chosen]
        return items if any(one is not None for one in made) else None

    def _with_item(self, items: list[Any], step: Item, depth: int) -> list[Any] | None:
        new = _item(self.setter)
        for index, one in enumerate(items):
            if not isinstance(one, dict):
                raise UnmutableError(f"found {_named(one)} among the items of a list with the key {step.key}")
            if _has(one, step):
                if not self._is_fine(depth, is_there=True):
                    return None
                items[index] = new
                return items
        return [*items, new] if self._is_fine(depth, is_there=False) else None

    def _is_fine(self, depth: int, *, is_there: bool) -> bool:
        return self.conditions.get(depth) in {None, MUST_EXIST if is_there else MUST_NOT_EXIST}

    def _empty(self, depth: int) -> Any:
        return {} if isinstance(self.steps[depth + 1], Field) else []


def _put(setter: Setter, holder: Data, key: str, whole: Data) -> None:
    """Set a field of an object; `whole` is the object that is changed."""
    match setter:
        case Value(value):
            holder[key] = copied(value)
        case FromMetadata(field):
            holder[key] = mapping(whole.get("metadata")).get(field) or ""
        case External(provider):
            raise UnmutableError(f'the provider "{provider}" of external data would have to be asked')
        case Image(parts):
            holder[key] = parts.over(_told(holder.get(key, ""), key))
        case SetOf(values, is_pruned) if is_pruned:
            if key in holder:
                holder[key] = _without(values, _listed(holder[key], key))
        case SetOf(values):
            holder[key] = _with(values, _listed(holder[key], key)) if key in holder else copied(list(values))


def _item(setter: Setter) -> Data:
    if not isinstance(setter, Value) or not isinstance(setter.value, dict):
        raise UnmutableError("only an object can become an item of a list with keys")
    given: Data = copied(setter.value)
    return given


def _with(values: Sequence[Any], present: list[Any]) -> list[Any]:
    known = {as_text(one) for one in present}
    items = list(present)
    for text, value in ((as_text(one), one) for one in values):
        if text not in known:
            items.append(copied(value))
            known.add(text)
    return items


def _without(values: Sequence[Any], present: list[Any]) -> list[Any]:
    named = {as_text(one) for one in values}
    return [one for one in present if as_text(one) not in named]


def _listed(present: Any, key: str) -> list[Any]:
    if not isinstance(present, list):
        raise UnmutableError(f'"{key}" is no list')
    return present


def _told(present: Any, key: str) -> str:
    if not isinstance(present, str):
        raise UnmutableError(f'"{key}" is no text')
    return present


def _has(one: Any, step: Item) -> bool:
    value = mapping(one).get(step.key)
    return type(value) is type(step.value) and value == step.value


def copied(value: Any) -> Any:
    """Give a copy of plain data."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    return [copied(one) for one in value] if isinstance(value, list) else value


def as_text(value: Any) -> str:
    """Give plain data as a text to compare: to Python, 1, 1.0 and true are the same."""
    return json.dumps(value, sort_keys=True, default=str)


_NAMES: Final = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}


def _named(value: Any) -> str:
    return _NAMES.get(type(value), "a number")
