"""What expressions of admission see as `request` and `namespaceObject`, as the schemas of their types.

Facts from `k8s.io/apiserver/pkg/admission/plugin/cel/compile.go`; `object` and `oldObject` have no types there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gitopsgen.cel import Failure, compiled
from gitopsgen.schemas.rule_types import PLACE, WrongRuleError, typed

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
    """Give the program of an expression that may use some names, or the `Failure`, by the types of what is asked.

    A failure has no place: what is compiled is not the text that people wrote.
    """
    try:
        text, types = typed(expression, {name: one for name, one in ROOTS.items() if name in known}, str)
    except WrongRuleError as error:
        return Failure(f"{error}{f', {error.hint}' if error.hint else ''}", is_compiled=False)
    program = compiled(text, known.difference(ROOTS) | types)
    return replace(program, message=PLACE.sub("", program.message)) if isinstance(program, Failure) else program
