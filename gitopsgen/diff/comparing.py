"""Two versions of plain data to the fields in which they differ.

What was compared can be had back: `applying.applied` is the other half, and a property holds both together.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, Final

from gitopsgen.diff.changes import NOTHING, Change, Key, Sort, Step, canonical
from gitopsgen.diff.list_types import keys
from gitopsgen.schemas.lists import Plan

MISSING: Final = object()  # there is no such value
_Path = tuple[Step, ...]


def compared(old: Any, new: Any, plan: Plan | None = None) -> tuple[Change, ...]:
    """Give every difference of two versions, `MISSING` for none; `plan` says how lists of the kind merge."""
    return tuple(_changes(old, new, (), plan))


def _changes(old: Any, new: Any, path: _Path, plan: Plan | None) -> Iterator[Change]:
    if old is new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        for name in [*old, *(name for name in new if name not in old)]:
            below = plan.field(name) if plan else None
            yield from _changes(old.get(name, MISSING), new.get(name, MISSING), (*path, name), below)
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _in_list(old, new, path, plan)
    elif isinstance(old, str) and isinstance(new, str) and old != new and _is_text(old) and _is_text(new):
        yield from _in_text(old, new, path)
    elif old is MISSING or new is MISSING or canonical(old) != canonical(new):
        yield from _replaced(old, new, path)


def _replaced(old: Any, new: Any, path: _Path) -> Iterator[Change]:
    if not _has_members(old) and not _has_members(new):
        yield Change(path, Sort.FIELD, _json(old), _json(new), len(path))
        return
    for below, value in _leaves(old, path):
        yield Change(below, Sort.FIELD, value, NOTHING, len(path))
    for below, value in _leaves(new, path):
        yield Change(below, Sort.FIELD, NOTHING, value, len(path))


def _leaves(value: Any, path: _Path) -> Iterator[tuple[_Path, str]]:
    if value is MISSING:
        return
    if not _has_members(value):
        yield path, canonical(value)
        return
    for step, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _leaves(below, (*path, step))


def _in_list(old: list[Any], new: list[Any], path: _Path, plan: Plan | None) -> Iterator[Change]:
    below = plan.items if plan else None
    named = keys(plan, old, new)
    if named is None:
        yield from _aligned(old, new, path, below)
        return
    before, after = dict(zip(named[0], old, strict=True)), dict(zip(named[1], new, strict=True))
    for key in [*before, *(key for key in after if key not in before)]:
        yield from _changes(before.get(key, MISSING), after.get(key, MISSING), (*path, key), below)
    if list(after) != expected_order(list(before), set(after)):
        yield Change(path, Sort.ORDER, _keys_json(before), _keys_json(after), len(path))


def expected_order(before: list[Key], after: set[Key]) -> list[Key]:
    """Give the order of a list that needs no saying: what was there stays as it stood, then what is new, sorted."""
    return [*(key for key in before if key in after), *sorted(after - set(before))]


def _keys_json(items: dict[Key, Any]) -> str:
    return canonical([key.fields for key in items])


def _aligned(old: list[Any], new: list[Any], path: _Path, below: Plan | None) -> Iterator[Change]:
    """Compare lists whose items have no keys: equal ones are found again, of the rest as many as can be are matched."""
    for first, last, start, end in _differing([canonical(one) for one in old], [canonical(one) for one in new]):
        if last - first == end - start:
            for index in range(last - first):
                yield from _changes(old[first + index], new[start + index], (*path, first + index), below)
        else:
            parts = canonical(old[first:last]), canonical(new[start:end])
            yield Change(path, Sort.ITEMS, *parts, len(path), first)


def _in_text(old: str, new: str, path: _Path) -> Iterator[Change]:
    before, after = old.split("\n"), new.split("\n")
    for first, last, start, end in _differing(before, after):
        parts = canonical(before[first:last]), canonical(after[start:end])
        yield Change(path, Sort.LINES, *parts, len(path), first)


def _differing(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    for what, *places in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            yield tuple(places)  # type: ignore[misc]  # four numbers


def _is_text(value: str) -> bool:
    # a line out of the middle of a key does not look like a secret any more: keys stay whole
    return "\n" in value and "PRIVATE KEY-----" not in value


def _has_members(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _json(value: Any) -> str:
    return NOTHING if value is MISSING else canonical(value)
