"""What the schema of a case's values says of a path: its type, its description, and what may stand below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.model.variant import Path

_DEEPEST: Final = 16  # references that lead to references
Node = Mapping[str, Any]


def properties(schema: Node, path: Path) -> dict[str, Node]:
    """Give the named properties below a path, each with all that is said of it, merged."""
    found: dict[str, Node] = {}
    for part in _parts(schema, _at(schema, path)):
        for name, node in part.get("properties", {}).items():
            found[name] = {**found.get(name, {}), **_merged(schema, node)}
    return found


def about(schema: Node, path: Path) -> str:
    """Give type and description of what stands at a path, as one line; nothing where the schema says nothing."""
    node: dict[str, Any] = {}
    for one in _at(schema, path):
        node |= _merged(schema, one)
    return " — ".join(part for part in (type_of(node), str(node.get("description", ""))) if part)


def type_of(node: Node) -> str:
    """Give the type as people say it: `integer`, `string or null`, the values of an enumeration."""
    if "enum" in node:
        return " or ".join(str(one) for one in node["enum"])
    named = node.get("type", "")
    return named if isinstance(named, str) else " or ".join(named)


def _merged(schema: Node, node: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for part in reversed(list(_parts(schema, [node]))):  # what stands nearer says it better
        merged |= part
    return merged


def _at(schema: Node, path: Path) -> list[Any]:
    nodes: list[Any] = [schema]
    for step in path:
        parts = list(_parts(schema, nodes))
        if isinstance(step, int):
            nodes = [part["items"] for part in parts if "items" in part]
        else:
            nodes = [part["properties"][step] for part in parts if step in part.get("properties", {})]
            nodes = nodes or [part["additionalProperties"] for part in parts if "additionalProperties" in part]
    return nodes


def _parts(schema: Node, nodes: list[Any], depth: int = 0) -> Iterator[Node]:
    for node in nodes:
        if not isinstance(node, Mapping) or depth > _DEEPEST:
            continue
        yield node
        below = list(node.get("allOf", ()))
        if "$ref" in node:
            below.append(_referred(schema, str(node["$ref"])))
        yield from _parts(schema, below, depth + 1)


def _referred(schema: Node, reference: str) -> Any:
    node: Any = schema
    for step in reference.removeprefix("#/").split("/"):
        node = node.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(node, Mapping) else {}
    return node
