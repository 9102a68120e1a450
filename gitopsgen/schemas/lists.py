"""Duplicate entries in associative lists and sets, which JSON Schema cannot express.

A server merges such a list by its keys (`containers` by `name`); two entries with the same
keys are refused by server-side apply, and one is silently lost elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitopsgen.schemas.kind import Schema, resolve
from gitopsgen.schemas.wording import Path, Violation, dotted

_SCALAR = (str, int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class Plan:
    """Which fields below a node lead to an associative list; built once a kind.

    `keys` with their defaults are those of a list that is one itself; `is_set` says that its items are scalars.
    """

    fields: tuple[tuple[str, Plan], ...] = ()
    values: Plan | None = None
    items: Plan | None = None
    keys: tuple[tuple[str, Any], ...] = ()
    is_set: bool = False


def plan(schema: Schema) -> Plan | None:
    """Give the plan of a self-contained schema, None where no associative list is below it."""
    return _plan(schema, schema, frozenset())


def duplicates(plan: Plan, data: Any, path: Path = ()) -> Iterator[Violation]:
    """Give a violation for each entry of an associative list whose keys an earlier entry has."""
    if isinstance(data, dict):
        yield from _in_mapping(plan, data, path)
    elif isinstance(data, list):
        if plan.keys or plan.is_set:
            yield from _repeated(plan, data, path)
        if plan.items is not None:
            for index, item in enumerate(data):
                yield from duplicates(plan.items, item, (*path, index))


def _in_mapping(plan: Plan, data: dict[str, Any], path: Path) -> Iterator[Violation]:
    for name, below in plan.fields:
        if name in data:
            yield from duplicates(below, data[name], (*path, name))
    if plan.values is not None:
        for name, value in data.items():
            yield from duplicates(plan.values, value, (*path, name))


def _repeated(plan: Plan, data: list[Any], path: Path) -> Iterator[Violation]:
    if len(data) < 2:  # noqa: PLR2004  # one entry repeats nothing
        return
    seen: dict[Any, int] = {}
    for index, item in enumerate(data):
        key = _key(plan, item)
        if key is not None and seen.setdefault(key, index) != index:
            yield Violation((*path, index), "duplicate-entry", _message(plan, item, path, seen[key]))


def _key(plan: Plan, item: Any) -> tuple[Any, ...] | None:
    if plan.is_set:
        return (type(item), item) if isinstance(item, _SCALAR) else None
    if not isinstance(item, dict):
        return None
    values = tuple([item.get(name, default) for name, default in plan.keys])
    return values if all(isinstance(value, _SCALAR) for value in values) else None


def _message(plan: Plan, item: Any, path: Path, first: int) -> str:
    if plan.is_set:
        return f'"{dotted(path)}" has "{item}" twice, expected each value once'
    named = ", ".join(f'{name} "{item.get(name, default)}"' for name, default in plan.keys)
    return f'"{dotted(path)}" has two entries with {named}, the first at index {first}, expected one'


def _plan(root: Schema, node: Schema, above: frozenset[str]) -> Plan | None:
    reference = node.get("$ref", "")
    if reference in above:
        return None  # a type that contains itself: its inner lists are left to the server
    inside = above | {reference} if reference else above
    found = resolve(root, node)
    fields = ((name, _plan(root, field, inside)) for name, field in found.get("properties", {}).items())
    made = Plan(
        fields=tuple((name, below) for name, below in fields if below is not None),
        values=_below(root, found.get("additionalProperties"), inside),
        items=_below(root, found.get("items"), inside),
        keys=_keys(root, found),
        is_set=found.get("x-kubernetes-list-type") == "set",
    )
    return None if made == Plan() else made


def _below(root: Schema, node: Any, above: frozenset[str]) -> Plan | None:
    return _plan(root, node, above) if isinstance(node, Mapping) else None


def _keys(root: Schema, node: Schema) -> tuple[tuple[str, Any], ...]:
    if node.get("x-kubernetes-list-type") != "map":
        return ()
    entries = resolve(root, node.get("items", {})).get("properties", {})
    return tuple((key, entries.get(key, {}).get("default")) for key in node.get("x-kubernetes-list-map-keys", ()))
