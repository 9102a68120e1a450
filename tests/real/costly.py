"""Schemas with and without bounds, and rules in CEL made at random that fit them."""

import random
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

Object = dict[str, Any]
Forms = Mapping[str, tuple[str, ...]]

PART = re.compile(r"\{(?:(?P<name>\w+):(?P<sort>\w+)\|)?(?P<wanted>\w+)\}")
NOTHING: Mapping[str, str] = MappingProxyType({})

BOUND_CHANCE = 0.7


def schema(chance: random.Random) -> Object:
    """Give a schema, each of whose lists, maps and texts has a bound or none."""

    def bound(keyword: str, least: int, most: int) -> Object:
        return {keyword: chance.randint(least, most)} if chance.random() < BOUND_CHANCE else {}

    def text() -> Object:
        return {"type": "string", **bound("maxLength", 1, 300)}

    def several(items: Object) -> Object:
        return {"type": "array", "items": items, **bound("maxItems", 0, 40)}

    def by_name(values: Object) -> Object:
        return {"type": "object", "additionalProperties": values, **bound("maxProperties", 0, 40)}

    part = {
        "type": "object",
        "required": chance.sample(["name", "size", "tags"], 2),
        "properties": {
            "name": {**text(), **({"default": "a"} if chance.random() < 0.3 else {})},
            "size": {"type": "integer"},
            "tags": several(text()),
            "labels": by_name(text()),
        },
    }
    return {
        "type": "object",
        "required": chance.sample(["text", "names", "count", "when"], 2),
        "properties": {
            "text": text(),
            "short": {"type": "string", "maxLength": 5},
            "mode": {"type": "string", "enum": ["Always", "Nevér", "IfNotPresent"]},
            "names": several(text()),
            "numbers": several({"type": "integer"}),
            "matrix": several(several(text())),
            "parts": several(part),
            "labels": by_name(text()),
            "groups": by_name(several(text())),
            "either": {"x-kubernetes-int-or-string": True, **bound("maxLength", 0, 50)},
            "when": {"type": "string", "format": "date-time"},
            "day": {"type": "string", "format": "date"},
            "span": {"type": "string", "format": "duration"},
            "data": {"type": "string", "format": "byte", **bound("maxLength", 0, 300)},
            "count": {"type": "integer"},
            "number": {"type": "number"},
            "flag": {"type": "boolean"},
            "pod": {
                "type": "object",
                "x-kubernetes-embedded-resource": True,
                "x-kubernetes-preserve-unknown-fields": True,
            },
        },
    }


def forms(*, is_later: bool) -> Forms:
    """Give what expressions are made of, by type."""
    read = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    later = read.pop("later") if is_later else {}
    return {sort: tuple((text + later.get(sort, "")).splitlines()) for sort, text in read.items() if sort != "later"}


def expression(
    chance: random.Random, wanted: str, known: Forms, depth: int = 3, scope: Mapping[str, str] = NOTHING
) -> str:
    """Give an expression of a type; `scope` are the variables that it may use, with their types."""
    if wanted == "pair":
        key, value = (expression(chance, "string", known, depth, scope) for _ in range(2))
        return f"{{{key}: {value}}}"
    names = [name for name, sort in scope.items() if sort == wanted]
    if names and chance.random() < (0.5 if depth > 0 else 0.9):
        return chance.choice(names)
    plain = [form for form in known[wanted] if "{" not in form]
    form = chance.choice(known[wanted] if depth > 0 or not plain else plain)

    def part(told: re.Match[str]) -> str:
        bound = {told["name"]: told["sort"]} if told["name"] else {}
        return expression(chance, told["wanted"], known, depth - 1, {**scope, **bound})

    return PART.sub(part, form)
