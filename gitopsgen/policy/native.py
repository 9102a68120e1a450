"""Policies of Gatekeeper in CEL, the engine `K8sNativeValidation`.

https://open-policy-agent.github.io/gatekeeper/website/docs/validating-admission-policy
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.cel import Failure, compiled, evaluate
from gitopsgen.cel.variables import bound
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.policy.errors import PolicyError

_GIVEN: Final = (
    ("params", "!has(params.spec) ? null : !has(params.spec.parameters) ? null : params.spec.parameters"),
    ("anyObject", 'has(request.operation) && request.operation == "DELETE" && object == null ? oldObject : object'),
)
_NAMES: Final = frozenset({"object", "oldObject", "request", "params", "namespaceObject"})


class Native:
    """The policy of one template; raises `PolicyError` where an expression of it is none."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        """Read and compile the expressions."""
        own = [mapping(one) for one in sequence(source.get("variables"))]
        self._variables = (*_GIVEN, *((text(one.get("name")), text(one.get("expression"))) for one in own))
        self._conditions = [mapping(one) for one in sequence(source.get("matchConditions"))]
        self._validations = [mapping(one) for one in sequence(source.get("validations"))]
        self._ignores = source.get("failurePolicy") == "Ignore"
        if not self._validations:
            raise PolicyError("it has no validations")
        for one in (*self._conditions, *self._validations):
            program = compiled(bound(text(one.get("expression")), self._variables), _NAMES)
            if isinstance(program, Failure):
                raise PolicyError(f'in "{_short(one)}": {program.message}')

    def messages(self, question: Mapping[str, Any]) -> Iterator[str]:
        """Give what is wrong with an object; raises `PolicyError` where nobody can tell."""
        review = mapping(question.get("review"))
        # on DELETE there is no object, as for the API server's own policies
        data = None if review.get("operation") == "DELETE" else review.get("object")
        known = {
            "object": data,
            "oldObject": review.get("oldObject"),
            "request": {key: one for key, one in review.items() if key not in {"object", "oldObject"}},
            "params": {"spec": {"parameters": question.get("parameters")}},
            "namespaceObject": review.get("namespaceObject"),
        }
        for condition in self._conditions:
            met = self._value(condition, known)
            if isinstance(met, Failure):
                yield from self._failed(condition, met)
                return
            if met is not True:
                return
        for validation in self._validations:
            value = self._value(validation, known)
            if isinstance(value, Failure):
                yield from self._failed(validation, value)
            elif value is not True:
                yield self._message(validation, known)

    def _value(self, one: Mapping[str, Any], known: Mapping[str, Any], field: str = "expression") -> Any | Failure:
        value = evaluate(bound(text(one.get(field)), self._variables), known)
        if isinstance(value, Failure) and value.is_unsupported:
            raise PolicyError(f'in "{_short(one)}": {value.message}')
        return value

    def _failed(self, one: Mapping[str, Any], failure: Failure) -> Iterator[str]:
        if not self._ignores:
            yield f"expression '{_short(one)}' resulted in error: {failure.message}"

    def _message(self, validation: Mapping[str, Any], known: Mapping[str, Any]) -> str:
        if validation.get("messageExpression"):
            said = self._value(validation, known, "messageExpression")
            if isinstance(said, str) and said.strip():
                return said.strip()
        return text(validation.get("message")).strip() or f"failed expression: {_short(validation)}"


def _short(one: Mapping[str, Any]) -> str:
    return " ".join(text(one.get("expression")).split())
