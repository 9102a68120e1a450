"""A schema in a definition of a custom kind that is not structural.

What it finds:
    Parts without a type or of one that there is not, lists whose items are not said, `properties` beside
    `additionalProperties`, words that no schema of a custom kind may have, keys of lists that items do not have.

Why:
    The API server refuses the definition, and knows none of its kind.

Example:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties:
                parts: {type: array}

Instead:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties:
                parts: {type: array, items: {type: string}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.structural import close
from gitopsgen.schemas.validator import engine_of
from gitopsgen.schemas.wording import listed, shown, suggestion

RULE = Rule(
    "GG427",
    "malformed-schema",
    Severity.ERROR,
    on=of_kind("CustomResourceDefinition.apiextensions.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_SCHEMA: Final = ("spec", "versions", EACH, "schema", "openAPIV3Schema")
_TYPES: Final = frozenset({"array", "boolean", "integer", "number", "object", "string"})
_FORBIDDEN: Final = ("$ref", "additionalItems", "definitions", "dependencies", "id", "patternProperties")
_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_EITHER: Final = "x-kubernetes-int-or-string"
_LIST_TYPE: Final = "x-kubernetes-list-type"
_MAP_KEYS: Final = "x-kubernetes-list-map-keys"
# What the server's reader takes, below `items` too, where what it publishes says nothing.
_COUNT: Final = (int, "a whole number")
_FLAG: Final = (bool, "true or false")
_LIST: Final = (list, "a list")
_TEXT: Final = (str, "a text")
_READ_AS: Final[Mapping[str, tuple[Any, str]]] = {
    **dict.fromkeys(("maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"), _COUNT),
    "additionalProperties": (dict | bool, "a schema, true or false"),
    "description": _TEXT,
    "enum": _LIST,
    "format": _TEXT,
    "items": (dict | list, "a schema"),
    "properties": (dict, "a mapping"),
    "required": _LIST,
    "type": _TEXT,
    "nullable": _FLAG,
    _LIST_TYPE: _TEXT,
    _MAP_KEYS: _LIST,
    _PRESERVE: _FLAG,
}


def check(subject: Subject) -> Iterator[Found]:
    """Report parts of schemas that are refused."""
    for path, schema in members(subject.data, *_SCHEMA):
        if isinstance(schema, dict):
            yield from _root(subject, schema, path)
            yield from _part(subject, schema, path)


def _root(subject: Subject, schema: Mapping[str, Any], path: Path) -> Iterator[Found]:
    is_open = not schema.get("type") and schema.get(_PRESERVE) is True
    if text(schema.get("type")) != "object" and not is_open:
        yield subject.found(path, f"the schema has the type {schema.get('type') or 'nothing'}, expected object")
    if isinstance(schema.get("additionalProperties"), dict):
        yield subject.found((*path, "additionalProperties"), "the schema takes any field, expected properties")


def _part(subject: Subject, schema: Mapping[str, Any], path: Path) -> Iterator[Found]:
    wrong = [name for name, (kind, _) in _READ_AS.items() if not _is_read(schema.get(name), kind)]
    for name in wrong:
        message = f"{name} is {shown(schema[name])}, expected {_READ_AS[name][1]}"
        yield subject.found((*path, name), message)
    if wrong:
        return  # the server reads no further
    yield from _type(subject, schema, path)
    yield from _words(subject, schema, path)
    yield from _list(subject, schema, path)
    yield from _default(subject, schema, path)
    for name, below in mapping(schema.get("properties")).items():
        if below is None or isinstance(below, dict):
            yield from _part(subject, mapping(below), (*path, "properties", name))
        else:
            message = f"{name} is {shown(below)}, expected a schema"
            yield subject.found((*path, "properties", name), message)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from _part(subject, schema[name], (*path, name))


def _is_read(value: Any, kind: Any) -> bool:
    return isinstance(value, kind | None) and not (kind is int and isinstance(value, bool))


def _type(subject: Subject, schema: Mapping[str, Any], path: Path) -> Iterator[Found]:
    sort = text(schema.get("type"))
    if not sort and path[-1] != "openAPIV3Schema":
        if not (schema.get(_EITHER) is True or schema.get(_PRESERVE) is True):
            yield subject.found(path, "a part of the schema has no type, expected one", f"or {_PRESERVE}: true")
    elif sort and sort not in _TYPES:
        hint = suggestion(sort, _TYPES) or f"known are {listed(sorted(_TYPES))}"
        yield subject.found((*path, "type"), f'there is no type "{sort}"', hint)
    for name in (_EMBEDDED, _PRESERVE):
        if schema.get(_EITHER) is True and schema.get(name) is True:
            yield subject.found((*path, name), f"a part has {_EITHER} and {name}, expected one of them")


def _words(subject: Subject, schema: Mapping[str, Any], path: Path) -> Iterator[Found]:
    for name in _FORBIDDEN:
        if schema.get(name):
            yield subject.found((*path, name), f'a schema of a custom kind has "{name}", expected it nowhere')
    if schema.get("uniqueItems") is True:
        yield subject.found((*path, "uniqueItems"), "uniqueItems is true", f"use {_LIST_TYPE}: set")
    if schema.get("properties") and schema.get("additionalProperties") not in (None, False):
        message = "a part has both properties and additionalProperties, expected one of them"
        yield subject.found((*path, "additionalProperties"), message)
    if schema.get(_PRESERVE) is False:
        yield subject.found((*path, _PRESERVE), f"{_PRESERVE} is false, expected true or nothing", "remove it")


def _list(subject: Subject, schema: Mapping[str, Any], path: Path) -> Iterator[Found]:
    items, sort, keys = schema.get("items"), schema.get(_LIST_TYPE), sequence(schema.get(_MAP_KEYS))
    if schema.get("type") == "array" and items is None:
        yield subject.found(path, "a list says nothing of its items, expected items")
    if isinstance(items, list):
        yield subject.found((*path, "items"), "items is a list of schemas, expected one schema")
    if sort is not None and schema.get("type") != "array":
        yield subject.found((*path, _LIST_TYPE), f"{_LIST_TYPE} stands beside another type, expected array")
    if sort is not None and sort not in {"atomic", "map", "set"}:
        yield subject.found((*path, _LIST_TYPE), f"{_LIST_TYPE} is {sort}, expected atomic, map or set")
    if (sort == "map") != bool(keys):
        hint = "a map has keys, and what has keys is a map"
        yield subject.found(path, f"{_LIST_TYPE} is {sort} with {len(keys)} keys, expected both or none", hint)
    elif sort == "map" and isinstance(items, dict):
        yield from _keys(subject, items, keys, path)


def _told(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema without an enumeration that lists nothing, which is none."""
    return {name: value for name, value in schema.items() if name != "enum" or value}


def _default(subject: Subject, schema: Mapping[str, Any], path: Path) -> Iterator[Found]:
    default = schema.get("default")
    if default is None:
        return
    try:
        is_fit = engine_of(close(_told(schema))).is_valid(default)
    except ValueError:
        return  # the schema is none, which is reported where it is wrong
    if not is_fit:
        message = f"the default is {shown(default)}, which the schema beside it does not take"
        yield subject.found((*path, "default"), message)


def _keys(subject: Subject, items: Mapping[str, Any], keys: list[Any], path: Path) -> Iterator[Found]:
    if items.get("type") != "object":
        yield subject.found((*path, "items"), "the items of a map are no objects, expected type: object")
    fields, required = mapping(items.get("properties")), sequence(items.get("required"))
    for index, key in enumerate(keys):
        field = mapping(fields.get(key)) if isinstance(key, str) else {}
        if not isinstance(key, str) or key not in fields:
            yield subject.found((*path, _MAP_KEYS, index), f'the key "{key}" is no property of the items')
        elif text(field.get("type")) in {"array", "object"}:
            message = f'the key "{key}" has the type {field["type"]}, expected a text, a number or a truth value'
            yield subject.found((*path, "items", "properties", key, "type"), message)
        elif field.get("default") is None and key not in required:
            message = f'the key "{key}" may be missing from items, expected it in "required", or a default'
            yield subject.found((*path, "items", "properties", key), message)
        if isinstance(key, str) and key in keys[:index]:
            yield subject.found((*path, _MAP_KEYS, index), f'the key "{key}" stands twice, expected once')
