"""An object as rules in CEL see it: with the defaults of its schema, and its values of the types that the schema says.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from gitopsgen.schemas.kind import Schema, resolve

_RESERVED: Final = frozenset(
    {
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
        "namespace", "null", "package", "return", "true", "var", "void", "while",
    }
)  # fmt: skip
_IDENTIFIER: Final = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*")
_SIGN: Final = re.compile(r"__|[-./]")
_SPELT: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}


def typed(root: Schema, schema: Schema, data: Any) -> Any:
    """Give the value at one place of an object; data that its schema refuses stays as it is."""
    node = resolve(root, schema)
    if isinstance(data, dict):
        return _fields(root, node, data) if "properties" in node else _entries(root, node, data)
    if isinstance(data, list):
        items = node.get("items")
        return [typed(root, items, one) for one in data] if isinstance(items, Mapping) else data
    return _scalar(node, data)


@cache
def escaped(name: str) -> str:
    """Give what a field is called in expressions; one that no expression can name keeps its name."""
    if name in _RESERVED:
        return f"__{name}__"
    return _SIGN.sub(lambda sign: _SPELT[sign[0]], name) if _IDENTIFIER.fullmatch(name) else name


def _fields(root: Schema, node: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    fields = node["properties"]
    # a null is an absent field, and the default takes its place
    given = {name: value for name, value in data.items() if value is not None}
    whole = {**dict(_defaults(root, fields, given)), **given}
    return {
        escaped(name): typed(root, fields[name], value) if name in fields else value for name, value in whole.items()
    }


def _defaults(root: Schema, fields: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, field in fields.items():
        if name not in given and isinstance(field, Mapping):
            default = resolve(root, field).get("default")
            if default is not None:
                yield name, default


def _entries(root: Schema, node: Schema, data: dict[str, Any]) -> dict[str, Any]:
    values = node.get("additionalProperties")
    return {name: typed(root, values, value) for name, value in data.items()} if isinstance(values, Mapping) else data


def _scalar(node: Schema, data: Any) -> Any:
    sort = node.get("type")
    types = (sort,) if isinstance(sort, str) else tuple(sort or ())
    if "number" in types and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if "integer" in types and isinstance(data, float) and data.is_integer():
        return int(data)
    if node.get("format") == "byte" and isinstance(data, str):
        try:
            return b64decode(data)
        except (binascii.Error, ValueError):
            return data
    return data
