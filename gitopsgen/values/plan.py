"""How layers of values merge: what a value schema declares for its lists, by path.

Reads schemas as data; knows no layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MERGE_KEYWORD: Final = "x-gitopsgen-merge"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a schema declares at one place and below it.

    `list_merge` is `append`, `key` or empty (a higher layer replaces the list); `key` names the
    field by which items are the same. `other` holds for keys without a place of their own.
    """

    list_merge: str = ""
    key: str = ""
    fields: Mapping[str, Plan] = field(default_factory=dict)
    other: Plan | None = None
    items: Plan | None = None

    def below(self, name: str) -> Plan | None:
        """Give the plan of a key of a mapping, None where lists simply replace."""
        return self.fields.get(name, self.other)


def plan_of(schema: Mapping[str, Any]) -> Plan | None:
    """Give what a schema declares, None where it declares nothing at all."""
    return _plan(schema, schema, ())


def _plan(node: Any, root: Mapping[str, Any], refs: tuple[str, ...]) -> Plan | None:
    if not isinstance(node, Mapping):
        return None
    plan = _own_plan(node, root, refs)
    parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in _listed(node.get(keyword))]
    parts.extend(node[keyword] for keyword in ("then", "else") if keyword in node)
    for part in parts:
        plan = _joined(plan, _plan(part, root, refs))
    reference = node.get("$ref")
    # A schema that refers to itself would go on for ever: the second time round declares nothing.
    if isinstance(reference, str) and reference not in refs:
        plan = _joined(plan, _plan(resolve(root, reference), root, (*refs, reference)))
    return plan


def _own_plan(node: Mapping[str, Any], root: Mapping[str, Any], refs: tuple[str, ...]) -> Plan | None:
    properties = node.get("properties")
    fields = {
        name: plan
        for name, sub in (properties.items() if isinstance(properties, Mapping) else ())
        if (plan := _plan(sub, root, refs))
    }
    other = _plan(node.get("additionalProperties"), root, refs)
    items = _plan(node.get("items"), root, refs)
    declared = node.get(MERGE_KEYWORD)
    list_merge, key = "", ""
    if declared == "append":
        list_merge = "append"
    elif isinstance(declared, Mapping) and isinstance(declared.get("key"), str):
        list_merge, key = "key", declared["key"]
    return Plan(list_merge, key, fields, other, items) if fields or other or items or list_merge else None


def _joined(one: Plan | None, two: Plan | None) -> Plan | None:
    """Give what either of two plans for the same place declares; the first wins where both do."""
    if one is None or two is None:
        return one or two
    names = [*one.fields, *(name for name in two.fields if name not in one.fields)]
    fields = {name: plan for name in names if (plan := _joined(one.fields.get(name), two.fields.get(name)))}
    first = one if one.list_merge else two
    other, items = _joined(one.other, two.other), _joined(one.items, two.items)
    return Plan(first.list_merge, first.key, fields, other, items)


def resolve(root: Mapping[str, Any], reference: str) -> Any:
    """Give what a reference inside the same schema (`#/…`) points to, None where it points nowhere."""
    if not reference.startswith("#"):
        return None
    node: Any = root
    for step in reference[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping) and name in node:
            node = node[name]
        elif isinstance(node, list) and name.isdecimal() and int(name) < len(node):
            node = node[int(name)]
        else:
            return None
    return node


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
