"""The reference of the files that people write: docs/reference/files.md, made of the shapes that judge them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.load.shapes import schema_of

# Which shape judges which file.
FILES: Final[Mapping[str, str]] = {
    "settings": "gitopsgen.yaml",
    "blueprint": "blueprints/<case>/blueprint.yaml",
    "component": "blueprints/components/<component>/component.yaml",
    "overlay-fleet": "overlays/fleet.yaml",
    "overlay-environment": "overlays/environments/<environment>.yaml",
    "overlay-tier": "overlays/tiers/<tier>.yaml",
    "overlay-area": "overlays/areas/<area>.yaml",
    "overlay-region": "overlays/regions/<region>/region.yaml",
    "case-overlay": "overlays/regions/<region>/<case>.yaml",
    "version-set": "overlays/version-sets/<version set>.yaml",
    "rollouts": "overlays/rollouts.yaml",
    "release-lock": "overlays/releases.lock.yaml",
    "image-lock": "overlays/images.lock.yaml",
}
# What several files have stands once, under this heading.
SHARED: Final[Mapping[str, str]] = {
    "region/properties/classes": "A class",
    "region/properties/clusters": "A cluster",
    "patches": "Patches",
}
_NO_FIELDS: Final = "Values of the case, as its `values.schema.json` has them, and `patches`."
_HEAD: Final = """\
# Files

What people write, field by field. A key that is not here is an error, with the nearest one as a hint.
`<name>` stands for a name that you choose, `[]` for an item of a list; **bold** is what must be there.

Values of a case are said by its own `values.schema.json`: see [add a case](../how-to/add-a-case.md).
Paths are those of the defaults; `paths` in `gitopsgen.yaml` moves them.

Generated from the schemas that judge the files: `make reference`.
"""


def page() -> str:
    """Give the page, in Markdown."""
    parts = [_HEAD]
    for shape, file in FILES.items():
        rows = list(_rows(schema_of(shape), schema_of(shape), ""))
        parts.append(f"## `{file}`\n\n{_table(rows) if shape != 'case-overlay' else _NO_FIELDS + chr(10)}")
    facts = schema_of("facts")
    for place, title in SHARED.items():
        parts.append(f"## {title}\n\n{_table(list(_rows(_at(facts, place), facts, '', shared=False)))}")
    return "\n".join(parts)


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = [f"| {name} | {kind} | {said} |" for name, kind, said in rows]
    return "\n".join(["| Field | Type | What it says |", "|---|---|---|", *lines]) + "\n"


def _rows(node: Any, root: Any, path: str, *, shared: bool = True) -> Iterator[tuple[str, str, str]]:
    """Give field, type and sentence of all that stands below a node of a schema."""
    node = _resolved(node, root)
    required = node.get("required", ())
    members = {_joined(path, name): child for name, child in node.get("properties", {}).items()}
    if isinstance(free := node.get("additionalProperties"), dict):
        members[_joined(path, "<name>")] = free
    if "items" in node:
        members[f"{path}[]"] = node["items"]
    for name, child in members.items():
        field = _resolved(child, root)
        title = _title(child) if shared else ""
        key = f"**`{name}`**" if name.rpartition(".")[2] in required else f"`{name}`"
        if (field.get("description") and not name.endswith("[]")) or title:
            yield key, _type(field, root), _said(field, title)
        if not title:
            yield from _rows(field, root, name)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _title(node: Any) -> str:
    """Give the heading under which a shared part stands, or nothing."""
    return next((title for place, title in SHARED.items() if node.get("$ref") == f"#/$defs/{place}"), "")


def _resolved(node: Any, root: Any) -> dict[str, Any]:
    """Give a node with what it refers to; what it says itself wins."""
    found: dict[str, Any] = dict(node)
    while "$ref" in found:
        place = found.pop("$ref").removeprefix("#/$defs/")
        found = {**_at(root, place), **found}
    return found


def _at(root: Any, place: str) -> Any:
    node = root["$defs"]
    for step in place.split("/"):
        node = node[step]
    return node


def _type(field: Mapping[str, Any], root: Any) -> str:
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field and "type" not in field:
        return " or ".join(dict.fromkeys(_type(_resolved(each, root), root) for each in field["anyOf"]))
    if field.get("type") == "array" and "items" in field:
        return f"list of {_type(_resolved(field['items'], root), root)}"
    kind = field.get("type", "any")
    words = {"object": "mapping", "array": "list"}
    return " or ".join(words.get(each, each) for each in ([kind] if isinstance(kind, str) else kind))


def _said(field: Mapping[str, Any], title: str) -> str:
    link = f" See [{title.lower()}](#{title.lower().replace(' ', '-')})." if title else ""
    default = f" Default: `{json.dumps(field['default'])}`." if "default" in field else ""
    return f"{field.get('description', '')}{link}{default}".replace("|", "\\|")
