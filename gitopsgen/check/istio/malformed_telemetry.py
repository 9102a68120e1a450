"""Telemetry that cannot be gathered.

What it finds:
    A filter of access logs that is no expression in CEL, a provider without a name, and a tag without a value.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: telemetry.istio.io/v1
    kind: Telemetry
    metadata: {name: pay, namespace: payment}
    spec:
      accessLogging: [{filter: {expression: response.code => 400}}]

Instead:
    apiVersion: telemetry.istio.io/v1
    kind: Telemetry
    metadata: {name: pay, namespace: payment}
    spec:
      accessLogging: [{filter: {expression: response.code >= 400}}]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import parsed
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule(
    "GG576",
    "malformed-telemetry",
    Severity.ERROR,
    on=of_kind("Telemetry.telemetry.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_TAGS: Final = {"literal": "value", "header": "name", "environment": "name"}


def check(subject: Subject) -> Iterator[Found]:
    """Report telemetry that is refused."""
    for path, found in members(subject.data, "spec", "accessLogging", EACH, "filter"):
        if isinstance(found, dict) and (expected := parsed(text(found.get("expression")))):
            yield subject.found((*path, "expression"), f"the filter of {subject} must be {expected}")
    for part in ("accessLogging", "tracing", "metrics"):
        for path, provider in members(subject.data, "spec", part, EACH, "providers", EACH):
            if not mapping(provider).get("name"):
                yield subject.found(path, f"a provider of {subject} has no name, expected one")
    yield from _tags(subject)


def _tags(subject: Subject) -> Iterator[Found]:
    for path, tags in members(subject.data, "spec", "tracing", EACH, "customTags"):
        for name, tag in mapping(tags).items():
            for sort, field in _TAGS.items():
                if isinstance(mapping(tag).get(sort), dict) and not tag[sort].get(field):
                    message = f'the tag "{name}" of {subject} has no {field}, expected one'
                    yield subject.found((*path, name, sort), message)
