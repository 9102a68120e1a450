"""What a policy says of an object: admitted, or why not.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitopsgen.cel import Failure, evaluate
from gitopsgen.cel.sight import names
from gitopsgen.cel.variables import bound
from gitopsgen.check.admission.policies import Expression, Policy

_LONGEST_MESSAGE: Final = 5 * 1024
# What only a request tells: who makes it, and what that one may do.
_ABSENT: Final = frozenset({"authorizer", "userInfo", "options"})


class Decision(NamedTuple):
    """Why an object is not admitted; `is_unjudged` says that only a server could tell whether it is."""

    expression: Expression
    message: str
    is_unjudged: bool = False
    is_error: bool = False


def decisions(policy: Policy, variables: Mapping[str, Any]) -> Iterator[Decision]:
    """Give what speaks against an object.

    `variables` are those that expressions may use: `object`, `oldObject`, `request`, `namespaceObject`, `params`.
    """
    unmet = False
    for condition in policy.conditions:
        met = _value(policy, condition.text, variables)
        if isinstance(met, Failure):
            yield from _failed(policy, condition, met)
            return
        unmet = unmet or met is not True
    if unmet or _holds_altogether(policy, variables):
        return
    for validation in policy.validations:
        value = _value(policy, validation.text, variables)
        if isinstance(value, Failure):
            yield from _failed(policy, validation, value)
        elif value is not True:
            yield Decision(validation, _message(policy, validation, variables))


def _holds_altogether(policy: Policy, variables: Mapping[str, Any]) -> bool:
    """Whether all validations hold: one evaluation for most objects."""
    whole = " && ".join(f"({one.text}\n)" for one in policy.validations) or "true"
    return _value(policy, whole, variables) is True


def _value(policy: Policy, expression: str, variables: Mapping[str, Any]) -> Any | Failure:
    whole = bound(expression, policy.variables)
    absent = sorted(_ABSENT & names(whole))
    if absent:
        return Failure(f"it asks for {absent[0]}, which no manifest tells", is_unsupported=True)
    failure = evaluate(whole, variables)
    if isinstance(failure, Failure) and not failure.is_compiled and not failure.is_unsupported:
        return True  # no server takes such a policy: what is wrong with it is told at the policy
    return failure


def _failed(policy: Policy, expression: Expression, failure: Failure) -> Iterator[Decision]:
    if failure.is_unsupported or not policy.ignores:
        yield Decision(expression, failure.message, is_unjudged=failure.is_unsupported, is_error=True)


def _message(policy: Policy, validation: Expression, variables: Mapping[str, Any]) -> str:
    if validation.message_expression:
        said = _value(policy, validation.message_expression, variables)
        if isinstance(said, str) and said.strip() and "\n" not in said.strip() and len(said) <= _LONGEST_MESSAGE:
            return said.strip()
    return validation.message or f"failed expression: {' '.join(validation.text.split())}"
