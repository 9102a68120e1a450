"""Data whose shape nobody has checked yet: what it is not counts as empty, so that whoever looks at it need not ask."""

from __future__ import annotations

from collections.abc import Mapping
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
