"""A namespace that asks for the mesh in two ways.

What it finds:
    A Namespace with more than one of the labels `istio-injection`, `istio.io/rev` and `istio.io/dataplane-mode`,
    where `istio-injection` is not there, or is `enabled`.

Why:
    `istio-injection` wins over `istio.io/rev`, so that an upgrade by revision passes the namespace by; an ambient mesh
    leaves pods with a sidecar alone. `istioctl analyze` says IST0123.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio-injection: enabled, istio.io/rev: canary}}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {istio.io/rev: canary}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.schemas.wording import listed

RULE = Rule("GG742", "several-injections", Severity.WARNING, on=of_kind("Namespace"), is_shared=True)
_INJECTION: Final = "istio-injection"
_LABELS: Final = (_INJECTION, "istio.io/rev", "istio.io/dataplane-mode")
_ROOT: Final = "istio-system"


def check(subject: Subject) -> Iterator[Found]:
    """Report labels that contradict each other."""
    labels = mapping(subject.metadata.get("labels"))
    asked = [label for label in _LABELS if label in labels]
    if len(asked) > 1 and labels.get(_INJECTION, "enabled") == "enabled" and subject.name != _ROOT:
        message = f"{subject} asks for the mesh by {listed(asked)}, expected one of them"
        yield subject.found(("metadata", "labels", asked[0]), message, "keep the one that is meant")
