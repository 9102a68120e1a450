"""Parts that a schema repeats, written once: under `$defs`, with references in their places.

A custom kind has no references of its own: the schema of an ApplicationSet says one generator forty times.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

DEFINITIONS = "$defs"
_REFERENCE = "$ref"
_LEAST = 1000  # characters of a part that is worth a name


def folded(schema: Json) -> Json:
    """Give the same schema with each large part that it repeats in one place; the result for equal schemas is equal."""
    fold = _Fold(schema)
    whole = {key: fold.of(key, value) for key, value in sorted(schema.items())}
    return {**whole, DEFINITIONS: fold.definitions} if fold.definitions else whole


def unfolded(schema: Json) -> Json:
    """Give the schema without references: the reverse of `folded`."""
    definitions = schema.get(DEFINITIONS, {})

    def turned(node: Any) -> Any:
        if isinstance(node, dict):
            name = node.get(_REFERENCE)
            return turned(definitions[name.rpartition("/")[2]]) if name else {k: turned(v) for k, v in node.items()}
        return [turned(one) for one in node] if isinstance(node, list) else node

    whole: Json = turned({key: value for key, value in schema.items() if key != DEFINITIONS})
    return whole


class _Fold:
    def __init__(self, schema: Json) -> None:
        self.definitions: Json = {}
        self._names: dict[str, str] = {}
        self._times = Counter(text for text in _texts(schema) if len(text) >= _LEAST)

    def of(self, key: str, node: Any) -> Any:
        if isinstance(node, list):
            return [self.of(key, one) for one in node]
        if not isinstance(node, dict):
            return node
        text = _text(node)
        if self._times[text] < 2 or not _is_schema(node):  # noqa: PLR2004 - what stands once has its place
            return {name: self.of(name, value) for name, value in sorted(node.items())}
        if text not in self._names:
            name = self._names[text] = self._free(key)
            self.definitions[name] = {}  # its place among the others
            self.definitions[name] = {inner: self.of(inner, value) for inner, value in sorted(node.items())}
        return {_REFERENCE: f"#/{DEFINITIONS}/{self._names[text]}"}

    def _free(self, key: str) -> str:
        taken = set(self._names.values())
        return next(name for name in _numbered(key) if name not in taken)


def _numbered(key: str) -> Iterator[str]:
    yield key
    number = 2
    while True:
        yield f"{key}-{number}"
        number += 1


def _is_schema(node: Json) -> bool:
    # a field may be called `type`: what its value is tells the schema from a mapping of fields
    return isinstance(node.get("type"), str | list)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield _text(node)
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _text(node: Json) -> str:
    return json.dumps(node, sort_keys=True, ensure_ascii=False)
