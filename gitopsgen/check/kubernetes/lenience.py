"""What an API server takes though the published schema does not: such findings are none of a refusal.

A null where a field may be left out is read as left out; a field that is called required may be one that the server
sets, or whose zero value it takes. Tried with a real server by `tests/real/test_check.py`.
"""

from __future__ import annotations

from typing import Any, Final

from gitopsgen.check.rule import Found
from gitopsgen.model.variant import Path
from gitopsgen.schemas.kind import Kind, node_at

# By kind: fields that are required by name only.
_BY_KIND: Final = {
    "CSIDriver": {"spec"},
    "CSINode": {"drivers"},
    "CustomResourceDefinition": {"served"},
    "EndpointSlice": {"endpoints"},
    "LimitRange": {"spec", "limits"},
    "NetworkPolicy": {"podSelector"},
    "PriorityClass": {"value"},
    "StatefulSet": {"serviceName"},
}
# The same by the field that they stand in.
_BY_PARENT: Final = {("httpHeaders", "value"), ("iscsi", "lun"), ("roleRef", "apiGroup"), ("sysctls", "value")}


def judged(found: Found) -> Found:
    """Give a finding about the schema, marked as no refusal where the server takes the object all the same."""
    kind = found.subject.known.kind
    if kind is None:
        return found
    is_taken = _is_null(kind, found.subject.data, found.field) or _is_zero(kind, found.subject.data, found.field)
    return found._replace(refused=False) if is_taken else found


def _is_null(kind: Kind, data: Any, field: Path) -> bool:
    """Tell whether a value is null, or has nulls in it, in fields that may be left out."""
    if not field or isinstance(field[-1], int):
        return False
    value = _at(data, field)
    if value is None and _has(data, field):
        return field[-1] not in node_at(kind.schema, field[:-1]).get("required", ())
    return isinstance(value, dict) and None in value.values()


def _is_zero(kind: Kind, data: Any, field: Path) -> bool:
    """Tell whether a missing field is one that the server does without."""
    if not field or _has(data, field) or not kind.source.startswith("Kubernetes "):
        return False
    if field[0] == "status":  # what a manifest says of it is thrown away
        return True
    parents = ["", *(step for step in field[:-1] if isinstance(step, str))]
    return field[-1] in _BY_KIND.get(kind.name, ()) or (parents[-1], field[-1]) in _BY_PARENT


def _has(data: Any, field: Path) -> bool:
    parent = _at(data, field[:-1])
    return isinstance(parent, dict) and field[-1] in parent


def _at(data: Any, field: Path) -> Any:
    for step in field:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
