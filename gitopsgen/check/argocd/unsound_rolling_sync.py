"""A RollingSync whose steps do not take every application once.

What it finds:
    A step that Argo CD's controller does not take as it reads: without expressions (it takes all applications), with
    an operator other than In and NotIn, asking for a label that the template does not give, with a value that an
    earlier step has taken or that no label can have, or with a maxUpdate that is no number and no share.
    And a RollingSync without steps.

Why:
    With RollingSync automated sync is off: an application that no step takes is never synced, silently, and one that
    two steps take is updated with the first. See progressive syncs in Argo CD's manual.

Example:
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: gateway, namespace: argocd}
    spec:
      generators: [{clusters: {}}]
      strategy:
        type: RollingSync
        rollingSync:
          steps:
            - matchExpressions: [{key: wave, operator: In, values: [canary]}]
            - matchExpressions: [{key: wave, operator: In, values: [canary, rest]}]
      template:
        metadata: {name: gateway, labels: {wave: canary}}
        spec: {project: gateway, destination: {name: edge}}

Instead:
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: gateway, namespace: argocd}
    spec:
      generators: [{clusters: {}}]
      strategy:
        type: RollingSync
        rollingSync:
          steps:
            - matchExpressions: [{key: wave, operator: In, values: [canary]}]
            - matchExpressions: [{key: wave, operator: In, values: [rest]}]
              maxUpdate: 25%
      template:
        metadata: {name: gateway, labels: {wave: canary}}
        spec: {project: gateway, destination: {name: edge}}

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG611", "unsound-rolling-sync", Severity.ERROR, on=of_kind("ApplicationSet.argoproj.io"))
_SHARE: Final = re.compile(r"\d{1,3}%")
_WHOLE: Final = 100
_LONGEST: Final = 63
_PATH: Final = ("spec", "strategy", "rollingSync", "steps")


def check(subject: Subject) -> Iterator[Found]:
    """Report steps that do not do what they say."""
    spec = mapping(subject.data.get("spec"))
    strategy = mapping(spec.get("strategy"))
    if strategy.get("type") != "RollingSync":
        return
    steps = sequence(mapping(strategy.get("rollingSync")).get("steps"))
    if not steps:
        yield subject.found(_PATH[:2], f"{subject} rolls without steps: none of its applications is ever synced")
    labels = mapping(mapping(mapping(spec.get("template")).get("metadata")).get("labels"))
    taken: dict[tuple[str, str], int] = {}
    for index, step in enumerate(map(mapping, steps)):
        yield from _step(subject, step, index, labels)
        yield from _repeats(subject, step, index, taken)


def _step(subject: Subject, step: Mapping[str, Any], index: int, labels: Mapping[str, Any]) -> Iterator[Found]:
    path: Path = (*_PATH, index)
    expressions = sequence(step.get("matchExpressions"))
    if not expressions:
        yield subject.found(path, f"step {index + 1} has no expressions, and so takes every application")
    for number, expression in enumerate(map(mapping, expressions)):
        place: Path = (*path, "matchExpressions", number)
        operator, key = expression.get("operator"), text(expression.get("key"))
        if operator not in ("In", "NotIn"):
            message = f'operator "{operator}" is not known to the controller, expected In or NotIn'
            yield subject.found((*place, "operator"), message)
        elif key not in labels:
            taken = "none of the" if operator == "In" else "all"
            message = f'the template gives no label "{key}": the expression holds for {taken} applications'
            yield subject.found((*place, "key"), message, "give it to the template, or ask for a label that it has")
    for number, expression in enumerate(map(mapping, expressions)):
        yield from _long(subject, expression, (*path, "matchExpressions", number, "values"))
    if not _is_size(step.get("maxUpdate")):
        message = f'maxUpdate is "{step["maxUpdate"]}", expected a number or a share of up to 100 %'
        yield subject.found((*path, "maxUpdate"), message)


def _long(subject: Subject, expression: Mapping[str, Any], path: Path) -> Iterator[Found]:
    for number, value in enumerate(sequence(expression.get("values"))):
        if isinstance(value, str) and len(value) > _LONGEST:
            message = f'"{value}" has {len(value)} characters, but a label has {_LONGEST} at most'
            yield subject.found((*path, number), message)


def _repeats(
    subject: Subject, step: Mapping[str, Any], index: int, taken: dict[tuple[str, str], int]
) -> Iterator[Found]:
    """Report values that an earlier step has taken already, where nothing but the value chooses."""
    expressions = sequence(step.get("matchExpressions"))
    only = mapping(expressions[0]) if len(expressions) == 1 else {}
    if only.get("operator") != "In":
        return
    for number, value in enumerate(sequence(only.get("values"))):
        first = taken.setdefault((str(only.get("key")), str(value)), index)
        if first != index:
            path = (*_PATH, index, "matchExpressions", 0, "values", number)
            yield subject.found(path, f'applications with "{value}" are taken by step {first + 1} already')


def _is_size(value: Any) -> bool:
    """Tell whether the controller can reckon with a maxUpdate: a share is rounded down, to one at least."""
    if value is None:
        return True
    if isinstance(value, str):
        return bool(_SHARE.fullmatch(value)) and int(value.rstrip("%")) <= _WHOLE
    return type(value) is int and value >= 0
