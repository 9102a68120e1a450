"""A schema of whole values made into one of a part of them, as a layer sets it; and into the dialect of editors.

Pure: schemas as data in and out. A layer may leave out what another one gives, and lists may be added to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.values import MERGE_KEYWORD

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_DEFINITIONS: Final = "#/$defs/"
_PARTIAL: Final = "layer."  # before the name of a definition: the same for a part of the value
# What only a whole value can be asked for.
_WHOLE: Final = frozenset(
    {"required", "minProperties", "minItems", "dependentRequired", "dependentSchemas", "if", "then", "else", "contains"}
)
_RENAMED: Final = {"$defs": "definitions", "dependentRequired": "dependencies"}
_DATA: Final = ("default", "examples", "const", "enum")
_SCALARS: Final = ("string", "integer", "number", "boolean")
_SCHEMAS_BY_NAME: Final = ("properties", "patternProperties", "dependentSchemas", "$defs")


def layered(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema that each part of a value fits which the given one allows.

    Keys may be missing, also of items that merge by their key; items of other lists are whole, but any number.
    """
    part: dict[str, Any] = _part({name: value for name, value in schema.items() if name != "$defs"})
    definitions = dict(_definitions(schema.get("$defs", {}), ""))
    weak = {f"{_PARTIAL}{name}": _part(value) for name, value in definitions.items()}
    return pruned({**part, "$defs": {**{name: _flat(value) for name, value in definitions.items()}, **weak}})


def _definitions(defs: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Give all definitions by a name without a slash; those of a component stand together below one name."""
    for name, value in defs.items():
        if isinstance(value, Mapping) and set(value) == {"$defs"}:
            yield from _definitions(value["$defs"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _part(node: Any) -> Any:
    if not isinstance(node, Mapping):
        return node
    part: dict[str, Any] = {}
    for name, value in node.items():
        if name in ("anyOf", "oneOf"):
            branches = [_part(each) for each in value]
            if all(branches):  # two branches can be told apart by what is missing: both fit a part
                part["anyOf"] = branches
        elif name not in _WHOLE and not (name == "not" and node.get("type") not in _SCALARS):
            part[name] = _part_of(name, value, is_keyed=isinstance(node.get(MERGE_KEYWORD), Mapping))
    return part


def _part_of(keyword: str, value: Any, *, is_keyed: bool) -> Any:
    if keyword in _SCHEMAS_BY_NAME:
        return {name: _part(each) for name, each in value.items()}
    if keyword == "allOf":
        return [_part(each) for each in value]
    if keyword == "$ref":
        return _reference(value, _PARTIAL)
    if keyword == "additionalProperties" or (keyword == "items" and is_keyed):
        return _part(value)
    return _flat(value) if keyword in ("items", "propertyNames") else value


def _flat(node: Any) -> Any:
    """Give a schema whose references are to definitions without a slash in their names."""
    if isinstance(node, Mapping):
        return {
            name: _reference(value, "") if name == "$ref" and isinstance(value, str) else _flat(value)
            for name, value in node.items()
        }
    return [_flat(each) for each in node] if isinstance(node, list) else node


def _reference(value: str, prefix: str) -> str:
    if not value.startswith(_DEFINITIONS):
        return value
    return f"{_DEFINITIONS}{prefix}{value[len(_DEFINITIONS) :].replace('/$defs/', '.')}"


def pruned(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema without the definitions that nothing refers to."""
    definitions = schema.get("$defs", {})
    schema = {name: value for name, value in schema.items() if name != "$defs"}
    needed: set[str] = set()
    waiting = set(_referred(schema))
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in needed:
            needed.add(name)
            waiting.update(_referred(definitions[name]))
    return {**schema, "$defs": {name: definitions[name] for name in sorted(needed)}} if needed else schema


def _referred(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == "$ref" and isinstance(value, str) and value.startswith(_DEFINITIONS):
                yield value[len(_DEFINITIONS) :].partition("/")[0]
            else:
                yield from _referred(value)
    elif isinstance(node, list):
        for each in node:
            yield from _referred(each)


def dialect(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema of draft 2020-12 in draft 07, which all editors know."""
    translated: dict[str, Any] = _translated(schema)
    return {"$schema": DRAFT, **translated}


def _translated(node: Any) -> Any:
    if isinstance(node, list):
        return [_translated(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    changed: dict[str, Any] = {}
    for name, value in node.items():
        if name in _SCHEMAS_BY_NAME:
            inner = {key: _translated(each) for key, each in value.items()}
            changed[_renamed(name)] = inner
        elif name == "$ref":
            changed[name] = value.replace("/$defs/", "/definitions/")
        elif name != "$schema":
            changed[_renamed(name)] = value if name in _DATA else _translated(value)
    if "$ref" in changed and len(changed) > 1:  # what stands beside a reference is not read there
        changed["allOf"] = [{"$ref": changed.pop("$ref")}, *changed.get("allOf", ())]
    return changed


def _renamed(keyword: str) -> str:
    return _RENAMED.get(keyword, keyword)
