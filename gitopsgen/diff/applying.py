"""Changes put into effect: the old version of an object and what differs give the new one.

This is what the records of `changes` mean; `comparing` makes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from gitopsgen.diff.changes import NOTHING, Change, Key, Sort, Step, canonical, has_key
from gitopsgen.diff.comparing import MISSING, expected_order


def applied(old: Any, changes: Iterable[Change]) -> Any:
    """Give the new version; `MISSING` stands for an object that is not there. The old one is left as it is."""
    return _applied(old, [(change.path, change) for change in changes])


_Pending = tuple[tuple[Step, ...], Change]  # what is left of the path, and the change


def _applied(value: Any, pending: Sequence[_Pending]) -> Any:
    here = [change for path, change in pending if not path]
    below: dict[type, dict[Step, list[_Pending]]] = {}
    for path, change in pending:
        if path:
            below.setdefault(type(path[0]), {}).setdefault(path[0], []).append((path[1:], change))
    if any(change.sort is Sort.ORDER for change in here):
        below.setdefault(Key, {})
    fields = [change for change in here if change.sort is Sort.FIELD]
    if any(change.old != NOTHING for change in fields):
        value = MISSING
    # what stands there first: it may give way to a container of another sort
    for sort in sorted(below, key=lambda each: not _fits(value, each)):
        value = _members(value, sort, below[sort], here)
    for change in sorted((each for each in here if each.sort in {Sort.ITEMS, Sort.LINES}), key=lambda each: -each.at):
        value = _spliced(value, change)
    return next((json.loads(change.new) for change in fields if change.new != NOTHING), value)


def _fits(value: Any, sort: type) -> bool:
    return isinstance(value, dict) if sort is str else isinstance(value, list)


def _members(value: Any, sort: type, below: dict[Step, list[_Pending]], here: list[Change]) -> Any:
    start = value if _fits(value, sort) else {} if sort is str else []
    if sort is Key:
        return _keyed(start, below, here)  # type: ignore[arg-type]  # all steps are keys
    members: dict[Any, Any] = dict(start if isinstance(start, dict) else enumerate(start))
    for step, pending in below.items():
        members[step] = _applied(members.get(step, MISSING), pending)
    left = {step: member for step, member in members.items() if member is not MISSING}
    if not left:
        return MISSING  # what has lost all its members went with them
    return left if sort is str else [left[index] for index in sorted(left)]


def _keyed(items: list[Any], below: dict[Key, list[_Pending]], here: list[Change]) -> Any:
    moved = next((change for change in here if change.sort is Sort.ORDER), None)
    spoken_of = [*below, *(_keys(moved.old) if moved else ())]
    known = {_name(item, spoken_of, index): item for index, item in enumerate(items)}
    after = {key: _applied(known.get(key, MISSING), below.get(key, ())) for key in (*known, *below)}
    left = {key: item for key, item in after.items() if item is not MISSING}
    order = _keys(moved.new) if moved else expected_order(list(known), set(left))
    return [left[key] for key in order if key in left] or MISSING


def _keys(text: str) -> list[Key]:
    return [Key(tuple((name, value) for name, value in fields)) for fields in json.loads(text)]


def _name(item: Any, spoken_of: list[Key], index: int) -> Key:
    """Give the key under which changes speak of an item, or one of its own where none does."""
    return next((key for key in spoken_of if has_key(item, key)), Key((("", canonical(index)),)))


def _spliced(value: Any, change: Change) -> Any:
    old, new = json.loads(change.old), json.loads(change.new)
    members = value.split("\n") if change.sort is Sort.LINES else list(value)
    members[change.at : change.at + len(old)] = new
    return "\n".join(members) if change.sort is Sort.LINES else members
