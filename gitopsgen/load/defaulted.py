"""Schemas of values that also say what a value is where nobody sets it: for editors, which show it.

Reads no file; judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitopsgen.model.project import Layer

_LONGEST: Final = 6  # items of a list that are worth showing


def with_defaults(schema: Mapping[str, Any], layers: Iterable[Layer]) -> dict[str, Any]:
    """Give a schema with the defaults of layers, the later ones over the earlier, at the properties that they set."""
    values: dict[str, Any] = {}
    for layer in layers:
        _put(_place(values, layer.at), layer.data)
    return _annotated(schema, values)


def _place(values: dict[str, Any], at: Iterable[str | int]) -> dict[str, Any]:
    for step in at:
        below = values.get(str(step))
        values[str(step)] = values = dict(below) if isinstance(below, dict) else {}
    return values


def _put(into: dict[str, Any], data: Any) -> None:
    for key, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, dict):
            below = into.get(key)
            into[key] = below = dict(below) if isinstance(below, dict) else {}
            _put(below, value)
        else:
            into[key] = value


def _annotated(schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    properties = dict(schema.get("properties", {}))
    for name, node in properties.items():
        value = values.get(name)
        if isinstance(node, dict) and name in values:
            if isinstance(value, dict):
                properties[name] = _annotated(node, value)
            elif _is_shown(value):
                properties[name] = {**node, "default": value}
    return {**schema, "properties": properties} if properties else dict(schema)


def _is_shown(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= _LONGEST and all(_is_scalar(item) for item in value)
    return _is_scalar(value)


def _is_scalar(value: Any) -> bool:
    return value is None or type(value) in (str, int, float, bool)
