"""By which keys the lists of a kind merge, as its schema says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.patches.leaf import plain, same
from gitopsgen.schemas.kind import Schema, resolve

_NOTHING: Final[Schema] = {}


@dataclass(frozen=True, slots=True)
class ListKeys:
    """The keys that tell the items of a list apart, the first named one leading; `is_set` for a list of scalars.

    A second key may be left out of a patch: its default then speaks, or, where it has none, any item matches.
    """

    primary: str = ""
    keys: tuple[tuple[str, Any], ...] = ()  # each with its default
    is_set: bool = False

    def matches(self, items: list[Any], wanted: Mapping[str, Any]) -> list[int]:
        """Give the indexes of the items that a patch's item speaks of."""
        wants = {name: wanted.get(name, default) for name, default in self.keys}
        asked = [(name, default) for name, default in self.keys if plain(wants[name]) is not None]
        return [
            index
            for index, item in enumerate(items)
            if isinstance(item, Mapping) and all(same(item.get(name, default), wants[name]) for name, default in asked)
        ]


def list_keys(root: Schema, schema: Schema) -> ListKeys | None:
    """Give how a list merges, None where it has no keys and so is replaced."""
    if schema.get("x-kubernetes-list-type") == "set":
        return ListKeys(is_set=True)
    primary = schema.get("x-kubernetes-patch-merge-key", "")
    names = tuple(schema.get("x-kubernetes-list-map-keys", ())) or ((primary,) if primary else ())
    if not names or schema.get("x-kubernetes-list-type", "map") != "map":
        return None
    fields = item_schema(root, schema).get("properties", {})
    return ListKeys(primary or names[0], tuple((name, fields.get(name, {}).get("default")) for name in names))


def field_schema(root: Schema, schema: Schema, key: str) -> Schema:
    """Give what a schema says of one field of a mapping; empty where it says nothing."""
    below = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
    return resolve(root, below) if isinstance(below, Mapping) else _NOTHING


def item_schema(root: Schema, schema: Schema) -> Schema:
    """Give what a schema says of the items of a list."""
    below = schema.get("items")
    return resolve(root, below) if isinstance(below, Mapping) else _NOTHING
