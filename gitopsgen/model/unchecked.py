"""Data whose shape nobody has checked yet: what it is not counts as empty, so that whoever looks at it need not ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def mapping(value: Any) -> Mapping[str, Any]:
    """Give the value where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Give the value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Give the value where it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> Iterator[tuple[int, str]]:
    """Give each text of a list with its place: null is no text, as to a server; what is of another type is left out."""
    for index, one in enumerate(sequence(value)):
        if isinstance(one, str | None):
            yield index, one or ""
