"""Which strings a schema takes at a field: any, those that pass a test, or what only the whole object tells.

Judges no object; serves those who want to know whether two objects with other strings in them are judged alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from gitopsgen.cel.sight import is_blind
from gitopsgen.schemas.expressions import holds, is_judged, rules_at
from gitopsgen.schemas.kind import Schema, resolve
from gitopsgen.schemas.structural import RULES
from gitopsgen.schemas.wording import Path

Test = Callable[[str], bool]
_BRANCHES: Final = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "patternProperties")
_OF_STRINGS: Final = frozenset({"pattern", "enum", "const", "format", "minLength", "maxLength"})
_STEP: Final = re.compile(r"\.(\w+)|\[\d+\]")
_OF_NUMBERS: Final = frozenset({"int-or-string", "int32", "int64", "float", "double"})


def test_of(schema: Schema, path: Path) -> Test | None:
    """Give the test that a string at `path` must pass, None where any string is as good as another.

    Raises `LookupError` where that cannot be told from the field's own part of the schema.
    """
    node = _node(schema, path)
    if node is None:
        return None
    rules = _sighted(schema, node)
    if _is_number_or_string(node) and not rules:
        return None
    if _depends(schema, node):
        raise LookupError(path)
    tests = {key: node[key] for key in _OF_STRINGS if key in node}
    if tests.get("format") in _OF_NUMBERS:
        del tests["format"]
    form = _compiled(tests) if tests else None
    if not rules:
        return form
    return lambda value: (form is None or form(value)) and all(holds(rule, value) for rule in rules)


def _node(schema: Schema, path: Path) -> Schema | None:
    """Give the part that alone speaks of a field, None where nothing does; raises `LookupError` where others do too."""
    node: Any = resolve(schema, schema)
    for step in path:
        if _depends(schema, node) or _sighted(schema, node):
            raise LookupError(step)
        below = node.get("items") if isinstance(step, int) else _property(node, step)
        if not isinstance(below, Mapping):
            if _is_open(node):
                return None
            raise LookupError(step)
        node = resolve(schema, below)
    return node  # type: ignore[no-any-return]  # a JSON value


def expressions_in(schema: Any) -> Iterator[str]:
    """Give the rules in CEL of a schema, whose words count wherever they stand in strings."""
    if isinstance(schema, Mapping):
        yield from (rule["rule"] for rule in rules_at(schema))
        schema = [value for key, value in schema.items() if key != RULES]
    if isinstance(schema, list):
        for one in schema:
            yield from expressions_in(one)


def _sighted(schema: Schema, node: Schema) -> list[Mapping[str, Any]]:
    """Give the rules of a node that look into strings at or below it."""
    type_of = partial(_type_of, schema, node)
    return [rule for rule in rules_at(node) if is_judged(rule) and not is_blind(rule["rule"], type_of)]


def _type_of(schema: Schema, node: Schema, path: str) -> str:
    """Give the one type that a schema gives a path such as `self.rules[0].matches`, empty where it does not."""
    if not path:
        return ""
    for name in _STEP.findall(path):
        below = node.get("properties", {}).get(name) if name else node.get("items")
        if not isinstance(below, Mapping):
            return ""
        node = resolve(schema, below)
    sort = node.get("type", "")
    given = [sort] if isinstance(sort, str) else [one for one in sort if one != "null"]
    return given[0] if len(given) == 1 else ""


def _property(node: Schema, step: str) -> Any:
    return node.get("properties", {}).get(step, node.get("additionalProperties"))


def _is_open(node: Schema) -> bool:
    """Tell whether an object takes any field with any value in it."""
    is_object = node.get("type", "object") in ("object", ["object", "null"])
    return is_object and "properties" not in node and node.get("additionalProperties", True) is True


def _is_number_or_string(node: Schema) -> bool:
    """Tell whether a node takes any number and any string, as ports and quantities are often described."""
    parts = node.get("oneOf") or node.get("anyOf") or ()
    plain = all(set(part) <= {"type", "format"} and part.get("format", "int32") in _OF_NUMBERS for part in parts)
    return bool(parts) and plain and not _OF_STRINGS & (node.keys() - {"format"})


def _depends(schema: Schema, node: Schema) -> bool:
    """Tell whether a node has branches that look at strings inside it."""
    return any(_looks(schema, node[key], set()) for key in _BRANCHES if key in node)


def _looks(schema: Schema, part: Any, seen: set[str]) -> bool:
    if isinstance(part, list):
        return any(_looks(schema, one, seen) for one in part)
    if not isinstance(part, Mapping):
        return False
    reference = part.get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            return False
        seen.add(reference)
        return _looks(schema, resolve(schema, part), seen)
    return bool(_OF_STRINGS & part.keys()) or RULES in part or any(_looks(schema, one, seen) for one in part.values())


def _compiled(tests: Mapping[str, Any]) -> Test:
    from gitopsgen.schemas.validator import engine_of  # noqa: PLC0415 - only where a schema is compiled at all

    return engine_of({"type": "string", **tests}).is_valid  # type: ignore[no-any-return]
