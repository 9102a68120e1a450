"""An admission policy or a binding that the API server does not take.

What it finds:
    A ValidatingAdmissionPolicy with an expression that is no CEL, uses a name that it may not use or gives no truth
    value; a name that is taken twice or is no name; neither validations nor annotations, no resources to be about.
    A binding without actions, with actions that exclude each other, or with parameters that name nothing.

Why:
    The API server refuses it, and until then nothing is checked. Of a policy that it took before such a change, the
    old form stays in effect.

Example:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: replicas}
    spec:
      matchConstraints:
        resourceRules:
          - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [statefulsets]}
      validations:
        - expression: spec.replicas >= 3

Instead:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: replicas}
    spec:
      matchConstraints:
        resourceRules:
          - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [statefulsets]}
      validations:
        - expression: object.spec.replicas >= 3
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: replicas}
    spec: {policyName: replicas, validationActions: [Deny]}

"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.cel import Failure, compiled
from gitopsgen.cel.variables import bound, used
from gitopsgen.check.admission.policies import BINDING, GROUP, POLICY
from gitopsgen.check.admission.request_types import compiled_with_types, misfit
from gitopsgen.check.names import subdomain
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

RULE = Rule(
    "GG483",
    "malformed-policy",
    Severity.ERROR,
    on=of_kind(f"{POLICY}.{GROUP}", f"{BINDING}.{GROUP}"),
    is_shared=True,
    reads=frozenset({"expression", "messageExpression", "valueExpression"}),
    refused_by=API_SERVER,
)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REQUEST: Final = frozenset({"object", "oldObject", "request"})
_EXPRESSIONS: Final = (
    ("variables", "expression", _REQUEST | {"authorizer", "namespaceObject", "variables"}),
    ("validations", "expression", _REQUEST | {"authorizer", "namespaceObject", "variables"}),
    ("validations", "messageExpression", _REQUEST | {"namespaceObject", "variables"}),
    ("auditAnnotations", "valueExpression", _REQUEST | {"authorizer", "namespaceObject", "variables"}),
    ("matchConditions", "expression", _REQUEST | {"authorizer"}),
)
_RESULTS: Final = {
    "expression": (("BOOL",), "true or false"),
    "messageExpression": (("STRING",), "a text"),
    "valueExpression": (("STRING", "NULL"), "a text or null"),
}


def check(subject: Subject) -> Iterator[Found]:
    """Report what is wrong with a policy or a binding by itself."""
    spec = mapping(subject.data.get("spec"))
    if subject.known.name == BINDING:
        yield from _of_binding(subject, spec)
        return
    if not sequence(spec.get("validations")) and not sequence(spec.get("auditAnnotations")):
        yield subject.found(
            ("spec", "validations"), "the policy has neither validations nor annotations, expected some"
        )
    if not sequence(mapping(spec.get("matchConstraints")).get("resourceRules")):
        field = ("spec", "matchConstraints", "resourceRules")
        yield subject.found(field, "the policy is about no resources, expected at least one rule that names some")
    yield from _repeated(subject, spec)
    for index, entry in enumerate(sequence(spec.get("validations"))):
        if "\n" in text(mapping(entry).get("message")).strip():
            yield subject.found(
                ("spec", "validations", index, "message"),
                "the message has several lines, expected one",
                "write >- for |",
            )
    for part, key, names in _EXPRESSIONS:
        for index, entry in enumerate(sequence(spec.get(part))):
            known = names | {"params"} if mapping(spec.get("paramKind")) else names
            yield from _of_expression(subject, ("spec", part, index, key), mapping(entry), known)


def _of_binding(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    actions = sequence(spec.get("validationActions"))
    if "validationActions" in spec and not actions:
        yield subject.found(("spec", "validationActions"), "the binding does nothing, expected Deny, Warn or Audit")
    if {"Deny", "Warn"} <= {text(action) for action in actions}:
        message = '"spec.validationActions" has both Deny and Warn, which say the same twice, expected one of them'
        yield subject.found(("spec", "validationActions"), message)
    if spec.get("policyName") == "":
        yield subject.found(("spec", "policyName"), '"spec.policyName" is empty, expected the name of a policy')
    elif expected := subdomain(text(spec.get("policyName"))) if "policyName" in spec else "":
        yield subject.found(("spec", "policyName"), f'the policy "{spec["policyName"]}" must be {expected}')
    params = mapping(spec.get("paramRef"))
    if params and bool(params.get("name")) == isinstance(params.get("selector"), dict):
        yield subject.found(("spec", "paramRef"), '"spec.paramRef" needs exactly one of "name" and "selector"')
    if params and text(params.get("parameterNotFoundAction")) not in {"Allow", "Deny"}:
        message = (
            '"spec.paramRef.parameterNotFoundAction" says not what to do without parameters, expected Allow or Deny'
        )
        yield subject.found(("spec", "paramRef", "parameterNotFoundAction"), message)


def _repeated(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    names = [text(mapping(one).get("name")) for one in sequence(spec.get("variables"))]
    for index, name in enumerate(names):
        field = ("spec", "variables", index, "name")
        if not _NAME.fullmatch(name):
            yield subject.found(field, f'the variable "{name}" has no name that an expression can use')
    keys = Counter(text(mapping(one).get("key")) for one in sequence(spec.get("auditAnnotations")))
    for key in (key for key, times in keys.items() if times > 1):
        yield subject.found(("spec", "auditAnnotations"), f'two annotations have the key "{key}", expected one')


def _of_expression(subject: Subject, field: Path, entry: Mapping[str, Any], known: frozenset[str]) -> Iterator[Found]:
    key = str(field[-1])
    if key not in entry or not isinstance(entry[key], str):
        return
    expression = entry[key].strip()
    if not expression:
        yield subject.found(field, "the expression is empty")
        return
    declared = _declared(subject, field) if "variables" in known else {}
    program = compiled(expression, known)
    unknown = sorted(used(expression) - declared.keys()) if "variables" in known else []
    if not isinstance(program, Failure) and not unknown:
        program = _with_types(expression, declared, known) or program
    if isinstance(program, Failure):
        if not program.is_unsupported:
            yield subject.found(field, f"this is no expression that a policy can have: {program.message}")
        return
    if unknown:
        message = f'no variable "{unknown[0]}" is declared before this expression'
        yield subject.found(field, message, suggestion(unknown[0], declared))
    if field[1] != "variables":
        yield from _result(subject, field, program.return_type().name(), (expression, *declared.values()))


def _result(subject: Subject, field: Path, given: str, expressions: tuple[str, ...]) -> Iterator[Found]:
    told = misfit(given, *_RESULTS[str(field[-1])], *expressions)
    if told:
        yield subject.found(field, *told)


def _with_types(expression: str, declared: Mapping[str, str], known: frozenset[str]) -> Any | Failure | None:
    """Give the program of an expression that knows the types of its variables, None where one of these is wrong."""
    variables = tuple(declared.items())
    own = [compiled(bound(text, variables[:at]), known) for at, (_, text) in enumerate(variables)]
    if any(isinstance(one, Failure) for one in own):
        return None
    return compiled_with_types(bound(expression, variables), known)


def _declared(subject: Subject, field: Path) -> dict[str, str]:
    """Give the variables that an expression may use, with their own: all, or for one of them those before it."""
    entries = sequence(mapping(subject.data.get("spec")).get("variables"))
    before = entries[: field[2]] if field[1] == "variables" and isinstance(field[2], int) else entries
    return {text(one.get("name")): text(one.get("expression")) for one in map(mapping, before)}
