"""Layers of values, low to high, into one: mappings merge, all else replaces unless told otherwise.

Copy on write: what a layer does not touch stays the very object of the layer below, so that a
fleet shares it. Knows no files and no lines: a problem names the path inside the higher layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.source import Tagged
from gitopsgen.values.findings import MERGE_WITHOUT_TARGET, UNDECLARED_MERGE, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.model.project import Layer
    from gitopsgen.model.variant import Path
    from gitopsgen.values.plan import Plan

_GONE: Final = object()  # what a deleted value becomes


@dataclass(frozen=True, slots=True)
class Merged:
    """Two layers as one: the value, what was wrong in the higher one, and what it needlessly repeats."""

    value: Any
    problems: tuple[Problem, ...] = ()
    inherited: tuple[Path, ...] = ()


def merge(layers: Sequence[Layer], plan: Plan | None = None) -> Merged:
    """Merge any number of layers, lowest first; problems name paths in the layer's own data."""
    empty = Merged({})

    def add(below: Merged, layer: Layer) -> Merged:
        merged = merge_over(below.value, mounted(layer), plan)
        return Merged(merged.value, below.problems + merged.problems, below.inherited + merged.inherited)

    return reduce(add, layers, empty)


def mounted(layer: Layer) -> Any:
    """Give the data of a layer from the root of the case's values."""
    data: Any = layer.data
    for step in reversed(layer.at):
        data = {step: data}
    return data


def merge_over(lower: Any, upper: Any, plan: Plan | None = None) -> Merged:
    """Merge one layer over the merged layers below it; neither is changed."""
    merging = _Merging()
    value = merging.merge(lower, upper, plan, ())
    return Merged(value, tuple(merging.problems), tuple(merging.inherited))


def same(one: Any, two: Any) -> bool:
    """Tell whether two values are the same data: 1, 1.0 and true are three different values."""
    if type(one) is not type(two) or one != two:
        return False
    if type(one) is dict:
        return all(same(value, two[name]) for name, value in one.items())
    return all(map(same, one, two)) if type(one) is list else True


@dataclass(slots=True)
class _Merging:
    """One merge of two layers, and what was found on the way."""

    problems: list[Problem] = field(default_factory=list)
    inherited: list[Path] = field(default_factory=list)

    def merge(self, lower: Any, upper: Any, plan: Plan | None, path: Path) -> Any:
        kind = type(upper)
        if kind is dict:
            return self._mapping(lower, upper, plan, path) if type(lower) is dict else self.fresh(upper, path)
        if kind is Tagged:
            return self._tagged(lower, upper, plan, path)
        if kind is list and plan is not None and plan.list_merge and type(lower) is list:
            return self._lists(lower, upper, "merge" if plan.key else "append", plan, path)
        value = self.fresh(upper, path) if kind is list else upper
        if same(value, lower):
            self.inherited.append(path)
            return lower
        return value

    def _mapping(self, lower: dict[str, Any], upper: dict[str, Any], plan: Plan | None, path: Path) -> dict[str, Any]:
        result = lower
        for name, value in upper.items():
            below = plan.below(name) if plan is not None else None
            place = (*path, name)
            if name in lower:
                old = lower[name]
                new = self.merge(old, value, below, place)
                if new is old:
                    continue
            else:
                old = _GONE
                new = self.fresh(value, place)
            if result is lower:
                result = dict(lower)
            if new is not _GONE:
                result[name] = new
            elif old is not _GONE:
                del result[name]
        return result

    def _tagged(self, lower: Any, upper: Tagged, plan: Plan | None, path: Path) -> Any:
        if upper.op == "delete":
            return _GONE
        if upper.op == "replace":
            value = self.fresh(upper.value, path)
            if same(value, lower):
                self.inherited.append(path)
            return value
        if type(lower) is not list:
            self._report(path, f"!{upper.op} finds no list to work on, but {_kind(lower)}", "write the list untagged")
            return self.fresh(upper.value, path)
        return self._lists(lower, upper.value, upper.op, plan, path)

    def _lists(self, lower: list[Any], upper: list[Any], op: str, plan: Plan | None, path: Path) -> list[Any]:
        if op == "merge":
            if plan is None or not plan.key:
                message = "!merge stands on a list for which the value schema declares no key"
                cure = 'declare "x-gitopsgen-merge": {"key": …} in the schema, or use !append'
                self.problems.append(Problem(UNDECLARED_MERGE, path, message, cure))
                return lower
            return self._by_key(lower, upper, plan, path)
        added = [self.fresh(item, (*path, index)) for index, item in enumerate(upper)]
        return [*lower, *added] if op == "append" else [*added, *lower]

    def _by_key(self, lower: list[Any], upper: list[Any], plan: Plan, path: Path) -> list[Any]:
        """Merge items that have the same key; new ones come last."""
        merged: dict[Any, Any] = {key_of(item, plan.key, index): item for index, item in enumerate(lower)}
        seen = set()
        for index, item in enumerate(upper):
            place = (*path, index)
            key = key_of(item, plan.key, None)
            if key is None or key in seen:
                fault = f'has no text under "{plan.key}"' if key is None else f'repeats "{plan.key}" {key[1]}'
                message = f"item {fault}, by which items of this list merge"
                self.problems.append(Problem(UNDECLARED_MERGE, place, message))
                continue
            seen.add(key)
            new = self.merge(merged[key], item, plan.items, place) if key in merged else self.fresh(item, place)
            merged[key] = new
            self._forget((*place, plan.key))
        result = [item for item in merged.values() if item is not _GONE]
        unchanged = len(result) == len(lower) and all(new is old for new, old in zip(result, lower, strict=True))
        return lower if unchanged else result

    def _forget(self, path: Path) -> None:
        """Leave out a key that says which item is meant: it has to repeat what is below."""
        if path in self.inherited:
            self.inherited.remove(path)

    def fresh(self, value: Any, path: Path) -> Any:
        """Give a value that lies over nothing: any tag in it but `!replace` has nothing to work on."""
        kind = type(value)
        if kind is dict:
            changed = {}
            for name, old in value.items():
                new = self.fresh(old, (*path, name))
                if new is not old:
                    changed[name] = new
            if not changed:
                return value
            return {name: new for name, old in value.items() if (new := changed.get(name, old)) is not _GONE}
        if kind is list:
            items = [self.fresh(item, (*path, index)) for index, item in enumerate(value)]
            changed_items = any(new is not old for new, old in zip(items, value, strict=True))
            return [item for item in items if item is not _GONE] if changed_items else value
        return self._fresh_tagged(value, path) if kind is Tagged else value

    def _fresh_tagged(self, value: Tagged, path: Path) -> Any:
        if value.op == "delete":
            self._report(path, "!delete finds nothing to delete", "remove the line")
            return _GONE
        cure = "remove the tag" if value.op == "replace" else "write the list untagged"
        self._report(path, f"!{value.op} finds nothing of a lower layer to work on", cure)
        return self.fresh(value.value, path)

    def _report(self, path: Path, message: str, hint: str) -> None:
        self.problems.append(Problem(MERGE_WITHOUT_TARGET, path, message, hint))


def key_of(item: Any, key: str, otherwise: int | None) -> tuple[str, Any] | None:
    """Give what tells an item of a list from the others: its key, or its index where it has none."""
    value = item.value if type(item) is Tagged else item
    name = value.get(key) if type(value) is dict else None
    if type(name) in (str, int):
        return (type(name).__name__, name)
    return None if otherwise is None else ("index", otherwise)


def _kind(value: Any) -> str:
    names = {dict: "a mapping", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")
