"""A rule in a definition of a custom kind that is no expression in CEL.

What it finds:
    In `x-kubernetes-validations`: a syntax error, a field that the schema does not have, operands of types that do not
    go together, a rule that is not true or false, a message that is no text, a `fieldPath` that leads nowhere, a text
    that is read as a number, time or pattern and can be none.

Why:
    The API server refuses the definition, and knows none of its kind.

Example:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties: {size: {type: integer}}
              x-kubernetes-validations: [{rule: self.sise < 5}]

Instead:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties: {size: {type: integer}}
              x-kubernetes-validations: [{rule: self.size < 5}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.rule_types import WrongRuleError, compile_rule, follow
from gitopsgen.schemas.structural import RULES

RULE = Rule(
    "GG481",
    "malformed-rule",
    Severity.ERROR,
    on=of_kind("CustomResourceDefinition.apiextensions.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
    reads=frozenset({RULES}),
)
_SCHEMA: Final = ("spec", "versions", EACH, "schema", "openAPIV3Schema")
_WANTED: Final = {"rule": "bool", "messageExpression": "string"}


def check(subject: Subject) -> Iterator[Found]:
    """Report rules that are refused."""
    for path, schema in members(subject.data, *_SCHEMA):
        for place, node in _nodes(mapping(schema), path):
            for at, rule in enumerate(sequence(node.get(RULES))):
                yield from _rule(subject, (*place, RULES, at), mapping(rule), node)


def _nodes(node: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    yield path, node
    for name, below in mapping(node.get("properties")).items():
        yield from _nodes(mapping(below), (*path, "properties", name))
    for key in ("items", "additionalProperties"):
        yield from _nodes(mapping(node.get(key)), (*path, key)) if node.get(key) else ()


def _rule(subject: Subject, path: Path, rule: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[Found]:
    is_root = path[-3] == "openAPIV3Schema"
    for key, wanted in _WANTED.items():
        if not text(rule.get(key)).strip():
            if isinstance(rule.get(key), str) and key == "rule":
                yield subject.found((*path, key), "the rule is empty")
            continue
        try:
            compile_rule(rule[key], node, wanted, is_root=is_root)
        except WrongRuleError as error:
            yield subject.found((*path, key), f"this is no expression that a rule can have: {error}", error.hint)
    where = text(rule.get("fieldPath"))
    if where:
        try:
            follow(where, node)
        except WrongRuleError as error:
            yield subject.found((*path, "fieldPath"), f'"{where}" leads to no field: {error}', error.hint)
