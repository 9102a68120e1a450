"""Values of types that CEL has not: a map with one key, which no data can have by chance in the right form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def made(sort: str, text: str) -> dict[str, str]:
    """Give the value."""
    return {f"gitopsgen:{sort}": text}


def text_of(value: Any, sort: str) -> str:
    """Give the text of a value of this type; raises ValueError for any other value."""
    found = value.get(f"gitopsgen:{sort}") if isinstance(value, Mapping) else None
    if not isinstance(found, str):
        raise ValueError(f"no such overload: expected a value of the type {sort}")  # noqa: TRY004 - told as CEL does
    return found
