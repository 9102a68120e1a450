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
RELAXED: Final = [1, 36]  # the first that takes a Service whose name begins with a digit
_REVISIONS_VALIDATED: Final = [1, 35]  # likewise, of what a ControllerRevision keeps
_TEMPLATES: Final = {("spec", "template"), ("spec", "volumeClaimTemplates")}
VALUES_VALIDATED: Final = [1, 33]  # the first that looks at values in the required affinity to nodes
SELECTED: Final = [1, 31]  # the first that reads selectableFields of a definition unasked; others drop them
PROC_READ: Final = [1, 33]  # the first that reads procMount of a container unasked; others take Default for any text
# By kind: fields that are required by name only.
_BY_KIND: Final = {
    "CSIDriver": {"spec"},
    "ControllerRevision": {"revision"},
    "CSINode": {"drivers"},
    "CustomResourceDefinition": {"served", "storage"},
    "EndpointSlice": {"endpoints"},
    "Job": {"status"},  # of a condition in onPodConditions, True where nothing is said; not so of a CronJob
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
    ("sleep", "seconds"),
    ("sysctls", "value"),
    ("tokenRequests", "audience"),
}
# Texts that may be left out and not be empty: pointers, in the server's own words.
_KEPT: Final = frozenset(
    {
        "completionMode", "failurePolicy", "fsGroupChangePolicy", "fsGroupPolicy", "internalTrafficPolicy",
        "ipFamilyPolicy", "matchPolicy", "mountPropagation", "nodeAffinityPolicy", "nodeTaintsPolicy",
        "podReplacementPolicy", "preemptionPolicy", "procMount", "recursiveReadOnly", "reinvocationPolicy",
        "seLinuxChangePolicy", "selectPolicy", "scope", "supplementalGroupsPolicy", "unhealthyPodEvictionPolicy",
        "volumeBindingMode", "volumeMode",
    }
)  # fmt: skip


def judged(found: Found, *, is_decoded: bool = False) -> Found:
    """Give a finding, marked as no refusal where the server takes the object all the same.

    `is_decoded` says that a server that does not validate the field could not read it either, unless it is null.
    """
    kind = found.subject.known.kind
    if kind is None or not found.field:
        return found
    value = _at(found.subject.data, found.field)
    if value == "" and kind.source.startswith(_BUILT_IN) and not (is_decoded or _is_told(kind, found.field)):
        value = None  # no text is what the server has where nothing was said
    is_taken = (
        _is_null(kind, found.subject.data, found.field, is_decoded=is_decoded)
        or (value == [] and node_at(kind.schema, found.field).get("format") == "base64")  # a list of no bytes
        or (value is None and _is_item(kind, found))
        or _is_zero(kind, found.field, value)
        or _is_of_another_name(kind, found, value)
        or ("selectableFields" in found.field and release(kind) < SELECTED and not is_decoded)
        or (found.field[-1] == "procMount" and isinstance(value, str) and release(kind) < PROC_READ)
        or (_is_unvalidated(kind, found.field) and (value is None or not (is_decoded or _is_read(kind, found.field))))
    )
    return found._replace(refused=False) if is_taken else found


def decoded(found: Found) -> Found:
    """Give the same for a finding about what the server cannot even read."""
    return judged(found, is_decoded=True)


def validated(found: Found) -> Found:
    """Give a finding of a rule that reads nulls and empty texts as the server does: only old servers may take it."""
    kind = found.subject.known.kind
    return found._replace(refused=False) if kind is not None and _is_unvalidated(kind, found.field) else found


def is_overflow(found: Found) -> bool:
    """Tell whether it is about a number that the server's decoder has no room for."""
    kind, value = found.subject.known.kind, _at(found.subject.data, found.field)
    if kind is None or type(value) is not int or -(2**31) <= value < 2**31:
        return False
    node = node_at(kind.schema, found.field)
    return node.get("format") == "int32" or "x-kubernetes-int-or-string" in node


def _is_told(kind: Kind, field: Path) -> bool:
    """Tell whether no text differs from nothing said: the server's decoder reads it, or keeps it."""
    is_pointer = (
        field[-1] in _KEPT
        or (field[-1] == "restartPolicy" and isinstance(field[-2], int))  # of a container, not of a pod
        or (field[-1] == "protocol" and kind.name in {"EndpointSlice", "NetworkPolicy"})
        or (field[-1] == "reason" and kind.name == "ValidatingAdmissionPolicy")
    )
    return is_pointer or _is_read(kind, field)


def _is_read(kind: Kind, field: Path) -> bool:
    """Tell whether the server's decoder reads a text: a quantity, or a time."""
    node = node_at(kind.schema, field)
    return "x-gitopsgen-type" in node or node.get("format") == "date-time"


def _is_null(kind: Kind, data: Any, field: Path, *, is_decoded: bool) -> bool:
    """Tell whether a value is null, or has nulls in it, in fields that may be left out."""
    value = _at(data, field)
    parent = _at(data, field[:-1])
    if value is None and isinstance(parent, dict) and field[-1] in parent:
        return field[-1] not in node_at(kind.schema, field[:-1]).get("required", ())
    return not is_decoded and isinstance(value, dict) and None in value.values()


def _is_item(kind: Kind, found: Found) -> bool:
    """Tell whether it is about an item of a list that says nothing where it is null: a text, or a token's."""
    if not isinstance(found.field[-1], int) or not kind.source.startswith(_BUILT_IN):
        return False
    return found.field[-2] == "tokenRequests" or node_at(kind.schema, found.field).get("type") == "string"


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
        # what it keeps is the controller's own, only to newer servers it must be an object
        return found.subject.data.get("data") is not None and release(kind) < _REVISIONS_VALIDATED
    if kind.name == "LimitRange" and found.field[-1] == "type":
        return isinstance(value, str) and "/" in value
    # whether such a class may have the value is judged by its name
    return kind.name == "PriorityClass" and found.field == ("value",) and found.subject.name.startswith("system-")


def _is_unvalidated(kind: Kind, field: Path) -> bool:
    """Tell whether it is about the pods or claims of a StatefulSet, which older servers take as they are."""
    if kind.name != "StatefulSet" or field[:2] not in _TEMPLATES or not kind.source.startswith(_BUILT_IN):
        return False
    return release(kind) < _TEMPLATES_VALIDATED


def release(kind: Kind | None) -> list[int]:
    """Give the version of Kubernetes that a kind is of, `[1, 35]`; empty where it is no kind of Kubernetes."""
    version = kind.source.removeprefix(_BUILT_IN) if kind is not None and kind.source.startswith(_BUILT_IN) else ""
    return [int(part) for part in version.split(".") if part.isdecimal()]


def _at(data: Any, field: Path) -> Any:
    for step in field:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
