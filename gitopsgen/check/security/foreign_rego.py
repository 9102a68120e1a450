"""A policy in Rego that Gatekeeper cannot read.

What it finds:
    A ConstraintTemplate whose Rego allows or denies and has no rule `violation`.

Why:
    Gatekeeper asks for `violation` and refuses a template without it. A policy that says `allow` is for requests of an
    application; it belongs to an Open Policy Agent that the application asks, where admission never sees a transfer.

Example:
    apiVersion: templates.gatekeeper.sh/v1
    kind: ConstraintTemplate
    metadata: {name: transfer}
    spec:
      crd: {spec: {names: {kind: Transfer}}}
      targets:
        - target: admission.k8s.gatekeeper.sh
          rego: |
            package transfer
            allow { input.amount <= 1000000 }

Instead:
    apiVersion: templates.gatekeeper.sh/v1
    kind: ConstraintTemplate
    metadata: {name: transfer}
    spec:
      crd: {spec: {names: {kind: Transfer}}}
      targets:
        - target: admission.k8s.gatekeeper.sh
          rego: |
            package transfer
            violation[{"msg": "a label is missing"}] { not input.review.object.metadata.labels.owner }

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG462", "foreign-rego", Severity.ERROR, on=of_kind("ConstraintTemplate.templates.gatekeeper.sh"), is_shared=True
)
_VERDICT = re.compile(r"^\s*(?:default\s+)?(?:allow|deny)\b", re.MULTILINE)
_VIOLATION = re.compile(r"^\s*violation\b", re.MULTILINE)


def check(subject: Subject) -> Iterator[Found]:
    """Report templates that decide on something else than admission."""
    for index, target in enumerate(sequence(mapping(subject.data.get("spec")).get("targets"))):
        for path, rego in _sources(mapping(target)):
            if _VERDICT.search(rego) and not _VIOLATION.search(rego):
                message = f'the Rego of {subject} has no rule "violation", which is what Gatekeeper asks for'
                hint = "give a policy of an application to the Open Policy Agent that it asks"
                yield subject.found(("spec", "targets", index, *path), message, hint)


def _sources(target: Any) -> Iterator[tuple[Path, str]]:
    if rego := text(target.get("rego")):
        yield ("rego",), rego
    for index, code in enumerate(sequence(target.get("code"))):
        rego = text(mapping(mapping(code).get("source")).get("rego"))
        if mapping(code).get("engine") == "Rego" and rego:
            yield ("code", index, "source", "rego"), rego
