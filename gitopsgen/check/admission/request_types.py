"""What expressions of admission see as `request` and `namespaceObject`, as the schemas of their types.

Facts from `k8s.io/apiserver/pkg/admission/plugin/cel/compile.go`; `object` and `oldObject` have no types there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from gitopsgen.cel import Failure
from gitopsgen.cel.sight import names
from gitopsgen.schemas.rule_types import WrongRuleError, compiled_by_types

_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_TIME: Final = {"type": "string", "format": "date-time"}


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def _map(value: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value}


_KIND: Final = _object(group=_TEXT, version=_TEXT, kind=_TEXT)
_RESOURCE: Final = _object(group=_TEXT, version=_TEXT, resource=_TEXT)
_USER: Final = _object(username=_TEXT, uid=_TEXT, groups=_TEXTS, extra=_map(_TEXTS))
_CONDITION: Final = _object(status=_TEXT, type=_TEXT, lastTransitionTime=_TIME, message=_TEXT, reason=_TEXT)
_METADATA: Final = _object(
    **dict.fromkeys(("name", "generateName", "namespace", "UID", "resourceVersion"), _TEXT),
    **dict.fromkeys(("labels", "annotations"), _map(_TEXT)),
    **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), _TIME),
    **dict.fromkeys(("deletionGracePeriodSeconds", "generation"), _NUMBER),
    finalizers=_TEXTS,
)
ROOTS: Final = {
    "namespaceObject": _object(
        metadata=_METADATA,
        spec=_object(finalizers=_TEXTS),
        status=_object(conditions={"type": "array", "items": _CONDITION}, phase=_TEXT),
    ),
    "request": _object(
        **dict.fromkeys(("subResource", "requestSubResource", "name", "namespace", "operation"), _TEXT),
        **dict.fromkeys(("kind", "requestKind"), _KIND),
        **dict.fromkeys(("resource", "requestResource"), _RESOURCE),
        userInfo=_USER,
        dryRun={"type": "boolean"},
        options={},
    ),
}


def compiled_with_types(expression: str, known: frozenset[str]) -> Any | Failure:
    """Give the program of an expression that may use some names, or the `Failure`, by the types of what is asked."""
    roots = {name: one for name, one in ROOTS.items() if name in known}
    try:
        return compiled_by_types(expression, roots, known.difference(ROOTS), str)
    except WrongRuleError as error:
        return Failure(f"{error}{f', {error.hint}' if error.hint else ''}", is_compiled=False)


def misfit(given: str, types: Sequence[str], wanted: str, *expressions: str) -> tuple[str, str] | None:
    """Say that expressions give another type than wanted, or none that the server could tell before it has objects.

    None where they give one of the types, or where they ask the authorizer, whose answers have no types here.
    """
    is_untold = given == "DYN"
    if given in types or (is_untold and any("authorizer" in names(one) for one in expressions)):
        return None
    if not is_untold:
        return f"the expression gives a value of the type {given.lower()}, expected {wanted}", ""
    example = "compare it, as in … == true" if "BOOL" in types else "write string(…)"
    return f"nobody can tell the type of the expression before there are objects, expected {wanted}", example
