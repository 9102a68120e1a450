"""The values of a case that can be set one by one, as its schema tells them; knows nothing of who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitopsgen.model.project import Blueprint

_SCALARS: Final = frozenset({"string", "integer", "number", "boolean"})
_DEPTH: Final = 8


class Parameter(NamedTuple):
    """A value that can be set: its path as `--set` takes it, its type, and what the schema says of it."""

    path: str
    type: str
    description: str


def parameters(blueprint: Blueprint) -> Iterator[Parameter]:
    """Give each scalar that has a name of its own (items of lists and free keys have none), by its path."""
    found = {one.path: one for one in _scalars(blueprint.schema, blueprint.schema, (blueprint.name,))}
    for path in sorted(found):
        yield found[path]


def _scalars(schema: Mapping[str, Any], root: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Parameter]:
    target = str(schema.get("$ref", "")).rpartition("/")[2]
    known = {**root.get("$defs", {}).get(target, {}), **schema}
    if known.get("type") in _SCALARS and len(path) > 1:
        yield Parameter(".".join(path), known["type"], str(known.get("description", "")))
    for part in (known, *known.get("allOf", ())):
        for name, inner in part.get("properties", {}).items():
            # A schema may name itself; nobody sets a value that deep by hand.
            if isinstance(inner, Mapping) and len(path) < _DEPTH and "." not in name:
                yield from _scalars(inner, root, (*path, name))
