"""A policy or resource of the mesh that selects in a way that Istio does not read.

What it finds:
    A `*` or an empty key in the labels of a selector, a selector beside `targetRefs`, and a target of another kind than
    Service, ServiceEntry, Gateway and GatewayClass, without a name, or in another namespace.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: pay, namespace: payment}
    spec:
      targetRefs: [{group: apps, kind: Deployment, name: pay}]

Instead:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: pay, namespace: payment}
    spec:
      targetRefs: [{group: "", kind: Service, name: pay}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.istio.grammar import of_mesh
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG546", "malformed-mesh-selector", Severity.ERROR, on=of_mesh, is_shared=True, refused_by=MESH)
_TARGETS: Final = frozenset(
    {
        ("", "Service"),
        ("core", "Service"),
        ("networking.istio.io", "ServiceEntry"),
        ("gateway.networking.k8s.io", "Gateway"),
        ("gateway.networking.k8s.io", "GatewayClass"),
    }
)
_TARGETING: Final = frozenset(
    {"AuthorizationPolicy", "RequestAuthentication", "Telemetry", "TrafficExtension", "WasmPlugin"}
)
_BY_LABELS: Final = frozenset({"EnvoyFilter", "ServiceEntry", "Sidecar"})


def check(subject: Subject) -> Iterator[Found]:
    """Report selectors and targets that are refused."""
    kind, spec = subject.known.name, mapping(subject.data.get("spec"))
    if kind in {"Gateway", "VirtualService"}:
        return
    field, inner = ("workloadSelector", "labels") if kind in _BY_LABELS else ("selector", "matchLabels")
    if kind == "DestinationRule":
        field = "workloadSelector"
    for key, value in mapping(mapping(spec.get(field)).get(inner)).items():
        if not key or "*" in key or "*" in text(value):
            message = f'{subject} selects pods with "{key}: {value}", expected a label without "*"'
            yield subject.found(("spec", field, inner, key), message)
    if kind in _TARGETING:
        yield from _targets(subject, spec)


def _targets(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    references = sequence(spec.get("targetRefs"))
    single = spec.get("targetRef")
    if sum((spec.get("selector") is not None, single is not None, bool(references))) > 1:
        message = f"{subject} has a selector and targets, expected one of them"
        yield subject.found(("spec", "targetRefs" if references else "targetRef"), message)
    if isinstance(single, dict):
        yield from _target(subject, ("spec", "targetRef"), single)
    for index, reference in enumerate(references):
        yield from _target(subject, ("spec", "targetRefs", index), mapping(reference))


def _target(subject: Subject, path: Path, reference: Mapping[str, Any]) -> Iterator[Found]:
    group, kind = text(reference.get("group")), text(reference.get("kind"))
    if not reference.get("name"):
        yield subject.found(path, f"a target of {subject} has no name, expected one")
    if reference.get("namespace"):
        message = f"a target of {subject} is in another namespace, expected none: it is always the policy's own"
        yield subject.found((*path, "namespace"), message)
    if (group, kind) not in _TARGETS:
        wanted = "a Service, ServiceEntry, Gateway or GatewayClass"
        found = f"{kind}.{group}" if group else kind
        yield subject.found((*path, "kind"), f'a target of {subject} is a "{found}", expected {wanted}')
