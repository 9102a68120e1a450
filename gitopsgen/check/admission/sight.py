"""Which fields of other objects an admission policy may look into, so that strings there are never taken for names.

Serves those who want to know whether two clusters are judged alike; see `gitopsgen.check.sharing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.cel.sight import is_blind, names
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas import Kind
from gitopsgen.schemas.kind import resolve

_EXPRESSIONS = ("expression", "messageExpression")
_PARTS = ("matchConditions", "validations", "variables")


def fields_read(policy: Any) -> frozenset[str]:
    """Give the names of fields that a policy uses, none where it only compares strings."""
    expressions = list(_expressions(mapping(mapping(policy).get("spec"))))
    if all(is_blind(one, _unknown) for one in expressions):
        return frozenset()
    used = frozenset[str]().union(*map(names, expressions))
    # what is asked of the request stands in the object's metadata
    told = {"metadata", "name", "namespace"} if {"request", "generateName"} & used else set[str]()
    return used | told


def reaches(used: frozenset[str], kind: Kind, path: Path) -> bool:
    """Whether an expression that uses these names of fields can get at a field; keys of maps need no name."""
    node: Any = resolve(kind.schema, kind.schema)
    for step in path:
        fields = mapping(node.get("properties"))
        if isinstance(step, str) and step in fields and step not in used:
            return False
        below = node.get("items") if isinstance(step, int) else fields.get(step, node.get("additionalProperties"))
        if not isinstance(below, Mapping):
            return True
        node = resolve(kind.schema, below)
    return True


def _expressions(spec: Mapping[str, Any]) -> Iterator[str]:
    for part in _PARTS:
        for entry in sequence(spec.get(part)):
            yield from (text(mapping(entry).get(key)) for key in _EXPRESSIONS if mapping(entry).get(key))


def _unknown(_: str) -> str:
    return ""
