"""What can differ between two versions of an object: one record a field.

Values stand as canonical JSON, so that records can be compared and put into sets, and 1, 1.0, true and "1" stay four.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, NamedTuple

from gitopsgen.model.variant import Path


class Key(NamedTuple):
    """The step to an item of a list whose items have keys: each field with its value as JSON, empty for none."""

    fields: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Give the values of the keys, as a person would name the item."""
        return ",".join(value.strip('"') for _, value in self.fields if value)


Step = str | int | Key
NOTHING = ""  # where a value would stand as JSON: there is none


class Sort(StrEnum):
    """What a change is about."""

    FIELD = "field"  # a scalar, or an empty container
    ITEMS = "items"  # some items of a list without keys, one after the other
    LINES = "lines"  # some lines of a text
    ORDER = "order"  # the order of a list with keys


class Change(NamedTuple):
    """One difference.

    `old` and `new` are JSON, empty where there is nothing: a value for a field, else a list.
    `at` is the place of the first item or line in the old list or text.
    `root` is the length of the path of what came or went with this field; where the field alone did, of its own path.
    """

    path: tuple[Step, ...]
    sort: Sort
    old: str
    new: str
    root: int
    at: int = 0


def canonical(value: Any) -> str:
    """Give a value as JSON in which equal values are equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def plain_path(data: Any, path: tuple[Step, ...]) -> Path:
    """Give a path with indexes in place of keys; it ends where the data does."""
    found: list[str | int] = []
    for step in path:
        index = _index(data, step) if isinstance(step, Key) else step
        is_there = (isinstance(data, dict) and index in data) or (
            isinstance(data, list) and isinstance(index, int) and index < len(data)
        )
        if not is_there:
            break
        found.append(index)  # type: ignore[arg-type]  # what is there is no None
        data = data[index]
    return tuple(found)


def _index(data: Any, key: Key) -> int | None:
    items = data if isinstance(data, list) else []
    return next((index for index, item in enumerate(items) if has_key(item, key)), None)


def has_key(item: Any, key: Key) -> bool:
    """Tell whether an item of a list is the one that a key names."""
    return isinstance(item, dict) and all(
        (canonical(item[name]) if name in item else NOTHING) == value for name, value in key.fields
    )
