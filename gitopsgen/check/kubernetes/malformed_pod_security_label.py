"""A label of a namespace that asks for a level of Pod Security that there is not.

What it finds:
    A label `pod-security.kubernetes.io/enforce`, `audit` or `warn` with another value than `privileged`, `baseline` or
    `restricted`; a version that is neither `latest` nor one such as `v1.35`.

Why:
    The API server refuses the namespace; one that does not know the labels would leave its pods unconfined.

Example:
    apiVersion: v1
    kind: Namespace
    metadata:
      name: payment
      labels: {pod-security.kubernetes.io/enforce: strict}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata:
      name: payment
      labels: {pod-security.kubernetes.io/enforce: restricted}

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

# https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
RULE = Rule(
    "GG437",
    "malformed-pod-security-label",
    Severity.ERROR,
    on=of_kind("Namespace"),
    is_shared=True,
    refused_by=API_SERVER,
)
_LABEL: Final = re.compile(r"pod-security\.kubernetes\.io/(?:enforce|audit|warn)(-version)?")
_LEVEL: Final = re.compile(r"privileged|baseline|restricted")
_VERSION: Final = re.compile(r"latest|v1\.(?:0|[1-9][0-9]*)")


def check(subject: Subject) -> Iterator[Found]:
    """Report levels and versions that are refused."""
    for label, value in mapping(subject.metadata.get("labels")).items():
        known = _LABEL.fullmatch(label)
        if not known or not isinstance(value, str | None):
            continue
        grammar, expected = (
            (_VERSION, '"latest" or one such as v1.35') if known[1] else (_LEVEL, "privileged, baseline or restricted")
        )
        if not grammar.fullmatch(value or ""):
            message = f'the label "{label}" of {subject} is "{value or ""}", expected {expected}'
            yield subject.found(("metadata", "labels", label), message)
