"""One walk through the fields of an object, for all rules that look into lists of lists.

Knows no kind and judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.model.unchecked import sequence
from gitopsgen.model.variant import Path

EACH: Final = "[]"


def members(value: Any, *steps: str) -> Iterator[tuple[Path, Any]]:
    """Give each part of plain data that steps lead to, with its path; `EACH` goes through a list."""
    if not steps:
        yield (), value
        return
    first, *rest = steps
    found: list[tuple[int | str, Any]] = []
    if first == EACH:
        found = list(enumerate(sequence(value)))
    elif isinstance(value, dict) and first in value:
        found = [(first, value[first])]
    for step, one in found:
        for path, member in members(one, *rest):
            yield (step, *path), member
