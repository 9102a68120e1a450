"""Objects made wrong in one place each, to see whether two judges refuse the same."""

from collections import deque
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import islice
from typing import Any

Path = tuple[str | int, ...]

WRONG_SCALAR = {"unexpected": True}
WRONG_COLLECTION = "unexpected"
UNKNOWN_FIELD = "unexpectedField"


def mutants(obj: Mapping[str, Any], limit: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give at most so many wrong forms of an object, each with what was done to it."""
    return islice(_all_mutants(obj), limit)


def _all_mutants(obj: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    own = {key: value for key, value in obj.items() if key not in {"apiVersion", "kind", "metadata"}}
    for path, value in _places(own):
        where = ".".join(map(str, path))
        is_scalar = not isinstance(value, (dict, list))
        yield f"without {where}", _changed(obj, path, remove=True)
        yield f"wrong type of {where}", _changed(obj, path, WRONG_SCALAR if is_scalar else WRONG_COLLECTION)
        if isinstance(value, dict):
            yield f"unknown field in {where}", _changed(obj, (*path, UNKNOWN_FIELD), "x")
        if isinstance(value, str):
            yield f"other text in {where}", _changed(obj, path, "Unexpected Text!")
        elif isinstance(value, int):
            yield f"other number in {where}", _changed(obj, path, -7)


def _places(root: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Walk nearer places first, so that a limit cuts depth, not breadth."""
    waiting: deque[tuple[Path, Any]] = deque(((key,), value) for key, value in root.items())
    while waiting:
        path, value = waiting.popleft()
        yield path, value
        if isinstance(value, dict):
            waiting.extend(((*path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, index), inner) for index, inner in enumerate(value[:2]))


def _changed(obj: Mapping[str, Any], path: Path, value: Any = None, *, remove: bool = False) -> dict[str, Any]:
    copy = deepcopy(dict(obj))
    parent: Any = copy
    for step in path[:-1]:
        parent = parent[step]
    if remove:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return copy
