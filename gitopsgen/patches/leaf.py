"""Scalars that remember where they stood, for those who ask which patch touched a field.

A patch is applied to plain data and to marked data by the same functions; these compare either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gitopsgen.model.variant import Path


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar and where it came from: `patch` is None for the rendered object itself."""

    value: Any
    patch: int | None
    path: Path


def plain(value: Any) -> Any:
    """Give a value without its mark."""
    return value.value if isinstance(value, Leaf) else value


def marked(data: Any, mark: Callable[[Any, Path], Any], path: Path = ()) -> Any:
    """Give a copy of plain data in which `mark` has replaced each scalar; what is empty stays as it is."""
    if isinstance(data, Mapping):
        return {key: marked(value, mark, (*path, key)) for key, value in data.items()}
    if isinstance(data, list):
        return [marked(value, mark, (*path, index)) for index, value in enumerate(data)]
    return mark(data, path)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal as JSON: `true` is not `1`, and `1` is `1.0`."""
    one, other = plain(one), plain(other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
