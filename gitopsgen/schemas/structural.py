"""Structural schemas of custom kinds, closed: an unknown field is a violation, as under strict field validation.

`close` turns the OpenAPI form of a CustomResourceDefinition into JSON Schema, `reopen` turns it back;
facts only, no prose. What a schema says is decided here, where it is kept is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from gitopsgen.schemas.definitions import unfolded
from gitopsgen.schemas.formats import FORMATS

Json = dict[str, Any]
Turn = Callable[[Json], Json]

RULES: Final = "x-kubernetes-validations"
_PROSE: Final = frozenset({"description", "example", "externalDocs", "title", "$schema", "id"})
_RULE: Final = ("fieldPath", "optionalOldSelf", "reason", "rule")  # without the sentences that speak of it
_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_EMBEDDED: Json = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
# a flag that stands after the anchor is legal in Go's expressions only
_LATE_FLAG = re.compile(r"^\^\(\?i\)(.*)\$$", re.DOTALL)
_GROUP_FLAG = re.compile(r"\(\(\?i\)")


def close(node: Json) -> Json:
    """Give the closed JSON Schema of a structural schema."""
    if node.get(_PRESERVE) and isinstance(node.get("items"), Mapping):
        # said of a list, it is meant of what stands in it
        node = {**node, "items": {**node["items"], _PRESERVE: True}}
    closed = _below(_scalars(node), field=close, condition=_close_condition)
    if node.get("type") == "object" and "additionalProperties" not in node and not node.get(_PRESERVE):
        closed["additionalProperties"] = False
    if node.get("x-kubernetes-embedded-resource"):
        closed["properties"] = {**_EMBEDDED, **closed.get("properties", {})}
    return _defaulted(closed, closed.get("properties", {}))


def _defaulted(node: Json, fields: Json) -> Json:
    """Give what a node, or a condition, says of an object before the server has filled in the defaults of `fields`."""
    defaults = {name: field["default"] for name, field in fields.items() if field.get("default") is not None}
    required = [name for name in node.get("required", ()) if name not in defaults]
    kept = {key: value for key, value in node.items() if key != "required"}
    given = _conditions(kept, lambda part: _condition_before_defaults(part, fields, defaults))
    return {**given, "required": required} if required else given


def _condition_before_defaults(condition: Json, fields: Json, defaults: Json) -> Json:
    asked = condition.get("properties", {})
    below = {name: _defaulted(part, fields.get(name, {}).get("properties", {})) for name, part in asked.items()}
    whole = _defaulted({**condition, "properties": below} if below else condition, fields)
    # JSON Schema takes a field that is absent for one that fits, where the server looks at its default
    unfit = [name for name, part in asked.items() if name in defaults and not _takes(part, defaults[name])]
    return {**whole, "required": [*whole.get("required", ()), *unfit]} if unfit else whole


def _takes(schema: Json, value: Any) -> bool:
    import jsonschema_rs  # noqa: PLC0415  # 20 ms, which a run without such a condition does not spend

    return jsonschema_rs.is_valid(schema, value, validate_formats=True, formats=FORMATS)


def reopen(schema: Json) -> Json:
    """Give the structural schema that `close` was given, without its prose."""
    return _reopened(unfolded(schema))


def _reopened(node: Json) -> Json:
    opened = _below(_published(node), field=_reopened, condition=_reopen_condition)
    if opened.get("additionalProperties") is False:
        del opened["additionalProperties"]
    if isinstance(opened.get("type"), list):
        opened["type"] = next(kind for kind in opened["type"] if kind != "null")
    return opened


def normalised(pattern: str) -> str:
    """Give the same expression with its flags where every engine reads them."""
    late = _LATE_FLAG.match(pattern)
    return f"^(?i:{late[1]})$" if late else _GROUP_FLAG.sub("(?i:", pattern)


def _close_condition(node: Json) -> Json:
    # below allOf, anyOf, oneOf and not stand conditions, not fields: nothing is closed there
    return _below(_scalars(node), field=_close_condition, condition=_close_condition)


def _reopen_condition(node: Json) -> Json:
    return _below(_published(node), field=_reopen_condition, condition=_reopen_condition)


def _below(node: Json, *, field: Turn, condition: Turn) -> Json:
    turned = dict(node)
    if "properties" in node:
        turned["properties"] = {name: field(part) for name, part in node["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), Mapping):
            turned[key] = field(node[key])
    return _conditions(turned, condition)


def _conditions(node: Json, turn: Turn) -> Json:
    turned: Json = {key: [turn(part) for part in node[key]] for key in ("allOf", "anyOf", "oneOf") if key in node}
    return {**node, **turned, **({"not": turn(node["not"])} if "not" in node else {})}


def _scalars(node: Json) -> Json:
    # a null says nothing, but for a default
    kept = {key: value for key, value in node.items() if key not in _PROSE and (value is not None or key == "default")}
    if RULES in kept:
        kept[RULES] = [{key: rule[key] for key in _RULE if key in rule} for rule in kept[RULES]]
    if "pattern" in kept:
        kept["pattern"] = normalised(kept["pattern"])
    if kept.get("format") == "int32":
        kept = {**_INT32, **kept}
    for bound in ("Minimum", "Maximum"):
        # OpenAPI's flag beside the bound, JSON Schema's bound of its own
        if kept.pop(f"exclusive{bound}", False):
            kept[f"exclusive{bound}"] = kept.pop(bound.lower())
    return _nullable(_int_or_string(kept))


def _int_or_string(node: Json) -> Json:
    if not node.get(_INT_OR_STRING):
        return node
    choices = [{"type": "integer"}, {"type": "string"}]
    kept = {key: value for key, value in node.items() if not (key == "anyOf" and value == choices)}
    return {**kept, "type": ["integer", "string"]}


def _nullable(node: Json) -> Json:
    # the server drops a null where a default stands ready, and refuses it where none does
    default_for_null = not node.get("nullable") and node.get("default") is not None
    if not (node.get("nullable") or default_for_null) or "type" not in node:
        return node
    types = node["type"] if isinstance(node["type"], list) else [node["type"]]
    enum = {"enum": [*node["enum"], None]} if default_for_null and "enum" in node else {}
    return {**node, **enum, "type": [*types, "null"]}


def _published(node: Json) -> Json:
    opened = {key: value for key, value in node.items() if not key.startswith("x-gitopsgen-")}
    if opened.get(_INT_OR_STRING):
        opened.pop("type", None)
    if RULES in opened:
        # a server asks for a message where a rule has several lines
        opened[RULES] = [{"message": "broken", **rule} if "\n" in rule["rule"] else rule for rule in opened[RULES]]
    if not opened.get("nullable") and None in opened.get("enum", ()):
        opened["enum"] = [value for value in opened["enum"] if value is not None]
    for bound in ("Minimum", "Maximum"):
        if f"exclusive{bound}" in opened:
            opened |= {bound.lower(): opened[f"exclusive{bound}"], f"exclusive{bound}": True}
    return opened
