"""The closed schema of a case: its components' schemas where they are mounted, and its own.

Pure: schemas as data in, one schema and what is wrong with the parts out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from gitopsgen.load.findings import INVALID_SCHEMA, OPEN_SCHEMA
from gitopsgen.values import MERGE_KEYWORD, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.model.variant import Path

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_WORDS_OF_A_FILE: Final = frozenset({"$schema", "$id", "$defs", "title", "description"})
_WORDS: Final = ("title", "description")
_SPLICED: Final = frozenset({"type", "properties", "required", "additionalProperties"})


@dataclass(frozen=True, slots=True)
class Mount:
    """A component's schema, and where its values stand in the case's."""

    component: str
    at: tuple[str, ...]
    schema: Mapping[str, Any]
    says: str = ""


def check_schema(schema: Any) -> tuple[Problem, ...]:
    """Give what keeps a file from being a closed JSON Schema of values."""
    if not isinstance(schema, dict):
        return (Problem(INVALID_SCHEMA, (), "a schema of values is a JSON object"),)
    foreign = tuple(_foreign_places(schema, ()))
    if foreign:
        return foreign  # a validator would go and fetch what they name
    try:
        jsonschema_rs.Draft202012Validator(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        path = tuple(getattr(error, "instance_path", ()))
        message = getattr(error, "message", str(error))
        return (Problem(INVALID_SCHEMA, path, f"is no valid JSON Schema: {message}"),)
    root = () if schema.get("type") == "object" else (Problem(OPEN_SCHEMA, (), 'values need "type": "object"'),)
    return (*root, *_open_places(schema, ()), *_odd_merges(schema, ()))


def _foreign_places(node: Any, path: Path) -> Iterator[Problem]:
    """Find what would make a schema depend on anything but its own file."""
    for name, value in _members(node):
        place = (*path, name)
        is_text = isinstance(value, str)
        if name == "$schema" and is_text and value.rstrip("#") != _DIALECT:
            yield Problem(INVALID_SCHEMA, place, f'dialect is "{value}", expected "{_DIALECT}"')
        elif name in ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor") and is_text:
            yield Problem(INVALID_SCHEMA, place, f'"{name}" is not allowed', "refer to definitions by '#/$defs/…'")
        elif name == "$ref" and is_text and not value.startswith("#/"):
            cure = "refer to definitions by '#/$defs/…'"
            yield Problem(INVALID_SCHEMA, place, f'reference "{value}" leaves the file', cure)
        else:
            yield from _foreign_places(value, place)


def _odd_merges(node: Any, path: Path) -> Iterator[Problem]:
    """Find declarations of how a list merges that mean nothing."""
    for name, value in _members(node):
        place = (*path, name)
        if name != MERGE_KEYWORD:
            yield from _odd_merges(value, place)
        elif value != "append" and not (isinstance(value, dict) and isinstance(value.get("key"), str)):
            message = f'"{MERGE_KEYWORD}" is neither "append" nor {{"key": …}}'
            yield Problem(INVALID_SCHEMA, place, message)


def _members(node: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _open_places(node: Any, path: Path) -> Iterator[Problem]:
    """Find mappings that allow any key: a misspelt one would be ignored there."""
    if not isinstance(node, dict):
        return
    is_mapping = node.get("type") == "object" or "properties" in node
    if is_mapping and node.get("additionalProperties", node.get("unevaluatedProperties", True)) is True:
        cure = 'add "additionalProperties": false'
        yield Problem(OPEN_SCHEMA, path, "a mapping of the schema allows any key", cure)
    for keyword in ("properties", "$defs", "patternProperties"):
        for name, sub in node.get(keyword, {}).items():
            yield from _open_places(sub, (*path, keyword, name))
    for keyword in ("additionalProperties", "items"):
        yield from _open_places(node.get(keyword), (*path, keyword))


def case_schema(title: str, own: Mapping[str, Any], mounts: tuple[Mount, ...]) -> dict[str, Any]:
    """Give one closed schema of all values of a case.

    Definitions move to `$defs/component.<name>`; what the case says about a mounted value narrows it.
    """
    root: dict[str, Any] = {
        "$schema": _DIALECT,
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": [],
        "properties": {},
        "$defs": {},
    }
    for mount in mounts:
        if "$defs" in mount.schema:
            definitions = mount.schema["$defs"]
            root["$defs"][_definitions(mount.component)] = {"$defs": _moved(definitions, mount.component, mount.at)}
        schema = _moved({k: v for k, v in mount.schema.items() if k != "$defs"}, mount.component, mount.at)
        _splice(_place(root, mount.at, is_needed="required" in schema), schema)
    if "$defs" in own:
        root["$defs"].update(own["$defs"])
    _splice(root, {name: value for name, value in own.items() if name != "$defs"})
    for mount in mounts:
        _describe(root, mount)
    return root


def _describe(root: dict[str, Any], mount: Mount) -> None:
    """Say what the values of a component are, on the way to where they stand, unless the case says so itself."""
    node = root
    for depth, step in enumerate(mount.at, 1):
        node = node["properties"][step]
        if depth == len(mount.at):
            node.setdefault("description", f"Values of the component {mount.component}: {mount.says}".rstrip(": "))
        elif "properties" not in node:
            return
        else:
            node.setdefault("description", "Values of components, each by the name of its part.")


def _place(root: dict[str, Any], at: tuple[str, ...], *, is_needed: bool) -> dict[str, Any]:
    """Give the schema at a mount, made where it is not there yet; required where anything below is."""
    node = root
    for step in at:
        new = {"type": "object", "additionalProperties": False, "required": [], "properties": {}}
        if is_needed and step not in node["required"]:
            node["required"].append(step)
        node = node["properties"].setdefault(step, new)
        node.setdefault("required", [])
        node.setdefault("properties", {})
    return node


def _splice(into: dict[str, Any], schema: Mapping[str, Any]) -> None:
    """Add a schema's properties to another of the same mapping; where both know one, both must hold."""
    into["required"] = list(dict.fromkeys([*into["required"], *schema.get("required", [])]))
    for name, sub in schema.get("properties", {}).items():
        present = into["properties"].get(name)
        into["properties"][name] = sub if present is None else _narrowed(present, sub)
    for name, value in schema.items():
        if name in ("title", "description"):
            into.setdefault(name, value)
        elif name not in _SPLICED and name not in _WORDS_OF_A_FILE:
            into.setdefault("allOf", []).append({name: value})


def _narrowed(present: Any, sub: Any) -> Any:
    """Give the schema of a value that a component and the case both describe."""
    both_mappings = all(isinstance(part, dict) and "properties" in part for part in (present, sub))
    if not both_mappings:
        words = {key: part[key] for part in (present, sub) if isinstance(part, dict) for key in _WORDS if key in part}
        return {**words, "allOf": [present, sub]}
    merged = {**present, "properties": dict(present["properties"]), "required": list(present.get("required", []))}
    _splice(merged, sub)
    return merged


def _moved(node: Any, component: str, at: tuple[str, ...]) -> Any:
    """Give a copy of a component's schema whose references point to where its parts stand in the case's schema."""
    if isinstance(node, dict):
        return {
            name: _moved_reference(value, component, at) if name == "$ref" else _moved(value, component, at)
            for name, value in node.items()
        }
    return [_moved(item, component, at) for item in node] if isinstance(node, list) else node


def _moved_reference(value: Any, component: str, at: tuple[str, ...]) -> Any:
    if not isinstance(value, str):
        return _moved(value, component, at)  # a value named `$ref`
    if value.startswith("#/$defs/"):
        return f"#/$defs/{_definitions(component)}{value[1:]}"
    if value == "#" or value.startswith("#/"):
        mounted = "".join(f"/properties/{step}" for step in at)
        return f"#{mounted}{value[1:]}"
    return value


def _definitions(component: str) -> str:
    """Give a name that no definition of the case has by accident."""
    return f"component.{component}"
