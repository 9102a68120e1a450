"""Objects of custom kinds changed as their schema allows, so that only rules beside the schema can refuse them."""

import copy
import random
from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.schemas.kind import resolve

Object = dict[str, Any]
Schema = Mapping[str, Any]

TEXTS = (
    "",
    "a",
    "*",
    "a*",
    "a.example.com",
    "1s",
    "0s",
    "0.1ms",
    "http://a.example.com/b",
    "unix:///a",
    "10.0.0.1",
    "80",
    "/a/../b",
)
NUMBERS = (0, 1, 2, 500, 70000)
DEEPEST = 4


class Changes:
    """Random changes of objects of one kind; the same ones for the same seed."""

    def __init__(self, schema: Schema, seed: int) -> None:
        self._root = schema
        self._chance = random.Random(seed)  # noqa: S311 - no secret

    def of(self, obj: Object, number: int) -> Iterator[Object]:
        """Give so many forms of an object, each changed in one to three places."""
        for _ in range(number):
            changed = copy.deepcopy(obj)
            for _ in range(self._chance.randint(1, 3)):
                node = resolve(self._root, self._root["properties"]["spec"])
                self._change(changed.setdefault("spec", {}), node)
            yield changed

    def _change(self, value: Any, node: Schema) -> None:
        inside = [one for one in self._inside(value, node) if isinstance(one[0], (dict, list))]
        if inside and self._chance.random() < 0.7:
            below, schema = self._chance.choice(inside)
            self._change(below, schema)
        elif isinstance(value, list):
            self._change_list(value, node)
        elif isinstance(value, dict):
            self._change_fields(value, node)

    def _change_list(self, value: list[Any], node: Schema) -> None:
        if value and self._chance.random() < 0.4:
            value.pop(self._chance.randrange(len(value)))
        elif isinstance(node.get("items"), Mapping):
            again = value and self._chance.random() < 0.3
            value.append(copy.deepcopy(value[0]) if again else self._made(node["items"], 0))

    def _change_fields(self, value: Object, node: Schema) -> None:
        if value and self._chance.random() < 0.3:
            del value[self._chance.choice(sorted(value))]
        elif node.get("properties"):
            name = self._chance.choice(sorted(node["properties"]))
            value[name] = self._made(node["properties"][name], 0)
        elif isinstance(node.get("additionalProperties"), Mapping):
            value[self._chance.choice(TEXTS)] = self._made(node["additionalProperties"], 0)

    def _inside(self, value: Any, node: Schema) -> Iterator[tuple[Any, Schema]]:
        if isinstance(value, dict):
            for name, below in value.items():
                schema = node.get("properties", {}).get(name, node.get("additionalProperties"))
                if isinstance(schema, Mapping):
                    yield below, resolve(self._root, schema)
        elif isinstance(node.get("items"), Mapping):
            yield from ((below, resolve(self._root, node["items"])) for below in value)

    def _made(self, schema: Schema, depth: int) -> Any:
        node = resolve(self._root, schema)
        if node.get("enum"):
            return self._chance.choice([one for one in node["enum"] if one is not None])
        types = node.get("type", "object")
        kind = types if isinstance(types, str) else self._chance.choice([one for one in types if one != "null"])
        if kind == "object":
            return self._made_object(node, depth)
        if kind == "array":
            return [self._made(node["items"], depth + 1) for _ in range(self._chance.randint(0, 2))]
        choices: Mapping[str, tuple[Any, ...]] = {"string": TEXTS, "boolean": (False, True)}
        return self._chance.choice(choices.get(kind, NUMBERS))

    def _made_object(self, node: Schema, depth: int) -> Object:
        fields = node.get("properties", {})
        wanted = set(node.get("required", ()))
        if depth < DEEPEST:
            wanted |= {name for name in sorted(fields) if self._chance.random() < 2 / (len(fields) + 1)}
        made = {name: self._made(fields[name], depth + 1) for name in sorted(wanted) if name in fields}
        values = node.get("additionalProperties")
        if isinstance(values, Mapping) and self._chance.random() < 0.7:
            made[self._chance.choice(TEXTS)] = self._made(values, depth + 1)
        return made
