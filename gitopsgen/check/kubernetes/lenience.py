"""What an API server takes though the published schema does not: such findings are none of a refusal.

A null where a field may be left out is read as left out; a field that is called required may be one that the server
sets, or whose zero value it takes. Tried with a real server by `tests/real/test_check.py`.
"""

from __future__ import annotations

from typing import Any, Final

from gitopsgen.check.rule import Found
from gitopsgen.model.variant import Path
from gitopsgen.schemas.kind import Kind, node_at

_BUILT_IN: Final = "Kubernetes "
_TEMPLATES_VALIDATED: Final = [1, 35]  # the oldest server tried that does; 1.30 does not
_TEMPLATES: Final = {("spec", "template"), ("spec", "volumeClaimTemplates")}
# By kind: fields that are required by name only.
_BY_KIND: Final = {
    "CSIDriver": {"spec"},
    "CSINode": {"drivers"},
    "CustomResourceDefinition": {"served"},
    "EndpointSlice": {"endpoints"},
    "LimitRange": {"spec", "limits"},
    "NetworkPolicy": {"podSelector", "spec"},
    "PriorityClass": {"value"},
    "StatefulSet": {"serviceName"},
}
# The same by the field that they stand in.
_BY_PARENT: Final = {
    ("httpHeaders", "value"),
    ("iscsi", "lun"),
    ("preferredDuringSchedulingIgnoredDuringExecution", "preference"),
    ("roleRef", "apiGroup"),
    ("sysctls", "value"),
    ("tokenRequests", "audience"),
}


def judged(found: Found, *, is_decoded: bool = False) -> Found:
    """Give a finding, marked as no refusal where the server takes the object all the same.

    `is_decoded` says that a server that does not validate the field could not read it either, unless it is null.
    """
    kind = found.subject.known.kind
    if kind is None or not found.field:
        return found
    value = _at(found.subject.data, found.field)
    if value == "" and kind.source.startswith(_BUILT_IN) and not is_decoded:
        value = None  # no text is what the server has where nothing was said
    is_taken = (
        _is_null(kind, found.subject.data, found.field)
        or (value == [] and node_at(kind.schema, found.field).get("format") == "byte")  # a list of no bytes
        or _is_zero(kind, found.field, value)
        or _is_of_another_name(kind, found, value)
        or (_is_unvalidated(kind, found.field) and (value is None or not is_decoded))
    )
    return found._replace(refused=False) if is_taken else found


def decoded(found: Found) -> Found:
    """Give the same for a finding about what the server cannot even read."""
    return judged(found, is_decoded=True)


def validated(found: Found) -> Found:
    """Give a finding of a rule that reads nulls and empty texts as the server does: only old servers may take it."""
    kind = found.subject.known.kind
    return found._replace(refused=False) if kind is not None and _is_unvalidated(kind, found.field) else found


def _is_null(kind: Kind, data: Any, field: Path) -> bool:
    """Tell whether a value is null, or has nulls in it, in fields that may be left out."""
    value = _at(data, field)
    parent = _at(data, field[:-1])
    if value is None and isinstance(parent, dict) and field[-1] in parent:
        return field[-1] not in node_at(kind.schema, field[:-1]).get("required", ())
    return isinstance(value, dict) and None in value.values()


def _is_zero(kind: Kind, field: Path, value: Any) -> bool:
    """Tell whether a field that is missing or null is one that the server does without."""
    if value is not None or isinstance(field[-1], int) or not kind.source.startswith(_BUILT_IN):
        return False
    if field[0] == "status":  # what a manifest says of it is thrown away
        return True
    if field[-1] not in node_at(kind.schema, field[:-1]).get("required", ()):
        return True
    parents = ["", *(step for step in field[:-1] if isinstance(step, str))]
    return field[-1] in _BY_KIND.get(kind.name, ()) or (parents[-1], field[-1]) in _BY_PARENT


def _is_of_another_name(kind: Kind, found: Found, value: Any) -> bool:
    """Tell whether a value is one that the schema does not say: of a type or name that is somebody's own."""
    if kind.name == "ControllerRevision" and found.field == ("data",):
        return True  # what it keeps is the controller's own
    if kind.name == "LimitRange" and found.field[-1] == "type":
        return isinstance(value, str) and "/" in value
    # whether such a class may have the value is judged by its name
    return kind.name == "PriorityClass" and found.field == ("value",) and found.subject.name.startswith("system-")


def _is_unvalidated(kind: Kind, field: Path) -> bool:
    """Tell whether it is about the pods or claims of a StatefulSet, which older servers take as they are."""
    if kind.name != "StatefulSet" or field[:2] not in _TEMPLATES or not kind.source.startswith(_BUILT_IN):
        return False
    version = kind.source.removeprefix(_BUILT_IN).split(".")
    return [int(part) for part in version if part.isdecimal()] < _TEMPLATES_VALIDATED


def _at(data: Any, field: Path) -> Any:
    for step in field:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
