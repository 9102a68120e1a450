"""Where in the data an error of the JSON Schema engine is.

The engine tells a place by cutting a JSON pointer at its slashes: it leaves empty keys out, and takes a key that reads
as a number for a place in a list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    import jsonschema_rs

    from gitopsgen.model.variant import Path, Step

_NUMBER: Final = re.compile(r"\+?[0-9]{1,99}")


def engine_path(error: jsonschema_rs.ValidationError, data: Any) -> Path:
    """Give the path of an error as the data that was judged has it."""
    fitting = list(_places(tuple(error.instance_path), data))
    return next((place for place, found in fitting if found == error.instance), fitting[0][0])


def _places(steps: Path, data: Any) -> Iterator[tuple[Path, Any]]:
    """Give each path that the engine would write so, with what is there."""
    if not steps:
        yield (), data
    elif isinstance(data, dict):
        for key in data:
            if key == steps[0] or (isinstance(steps[0], int) and _NUMBER.fullmatch(key) and int(key) == steps[0]):
                yield from _below(key, steps[1:], data)
    elif isinstance(data, list) and isinstance(steps[0], int) and steps[0] < len(data):
        yield from _below(steps[0], steps[1:], data)
    if isinstance(data, dict) and "" in data:
        yield from _below("", steps, data)


def _below(step: Step, steps: Path, data: Any) -> Iterator[tuple[Path, Any]]:
    return (((step, *rest), found) for rest, found in _places(steps, data[step]))
