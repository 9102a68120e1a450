"""Duplicate entries in associative lists and sets, which JSON Schema cannot express.

A server merges such a list by its keys (`containers` by `name`); two entries with the same
keys are refused by server-side apply, and one is silently lost elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitopsgen.schemas.kind import Schema, resolve
from gitopsgen.schemas.wording import Path, Violation, dotted

_SCALAR = (str, int, float, bool, type(None))


@dataclass(slots=True)
class Plan:
    """A node of a schema with an associative list at or below it.

    `keys` with their defaults are those of a list that is one itself; `is_set` says that its items are scalars.
    What is below is worked out when data first has it, and kept: most fields of a pod are never set.
    """

    root: Schema
    node: Schema
    keys: tuple[tuple[str, Any], ...]
    is_set: bool
    below: dict[str, Plan | None]

    def field(self, name: str) -> Plan | None:
        """Give the plan of a field (of any key of a map), None where no such list is there."""
        if name not in self.below:
            self.below[name] = _plan(self.root, self.node.get("properties", {}).get(name))
        return self.below[name] or self.values

    @property
    def values(self) -> Plan | None:
        """The plan of the values of a map."""
        if "/values" not in self.below:
            self.below["/values"] = _plan(self.root, self.node.get("additionalProperties"))
        return self.below["/values"]

    @property
    def items(self) -> Plan | None:
        """The plan of the items of a list."""
        if "/items" not in self.below:
            self.below["/items"] = _plan(self.root, self.node.get("items"))
        return self.below["/items"]


def plan(schema: Schema) -> Plan | None:
    """Give the plan of a self-contained schema, None where no associative list is below it."""
    return _plan(schema, schema)


def duplicates(plan: Plan, data: Any, path: Path = ()) -> Iterator[Violation]:
    """Give a violation for each entry of an associative list whose keys an earlier entry has."""
    if isinstance(data, dict):
        for name, value in data.items():
            if isinstance(value, (dict, list)) and (below := plan.field(name)) is not None:
                yield from duplicates(below, value, (*path, name))
    else:
        if plan.keys or plan.is_set:
            yield from _repeated(plan, data, path)
        if (below := plan.items) is not None:
            for index, item in enumerate(data):
                if isinstance(item, (dict, list)):
                    yield from duplicates(below, item, (*path, index))


def counterpart(keys: Collection[str], item: Any, items: Any) -> Any:
    """Give the entry of another list with the keys of this one, None where there is none, or the list has no keys."""
    if not keys or not isinstance(item, dict) or not isinstance(items, list):
        return None
    known = (one for one in items if isinstance(one, dict))
    return next((one for one in known if all(one.get(key) == item.get(key) for key in keys)), None)


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


def _plan(root: Schema, node: Any) -> Plan | None:
    if not isinstance(node, Mapping) or not _leads(root, node, set()):
        return None
    found = resolve(root, node)
    return Plan(root, found, _keys(root, found), found.get("x-kubernetes-list-type") == "set", {})


def _leads(root: Schema, node: Any, seen: set[str]) -> bool:
    """Whether an associative list is at or below a node; `seen` are the types already found to lead to none."""
    if not isinstance(node, Mapping):
        return False
    if reference := node.get("$ref"):
        if reference in seen:
            return False
        seen.add(reference)
    found = resolve(root, node)
    if found.get("x-kubernetes-list-type") in {"map", "set"}:
        return True
    below = (*found.get("properties", {}).values(), found.get("items"), found.get("additionalProperties"))
    return any(_leads(root, part, seen) for part in below)


def _keys(root: Schema, node: Schema) -> tuple[tuple[str, Any], ...]:
    if node.get("x-kubernetes-list-type") != "map":
        return ()
    entries = resolve(root, node.get("items", {})).get("properties", {})
    return tuple((key, entries.get(key, {}).get("default")) for key in node.get("x-kubernetes-list-map-keys", ()))
