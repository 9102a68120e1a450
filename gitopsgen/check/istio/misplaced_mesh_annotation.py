"""An annotation of Istio that nothing reads there.

What it finds:
    On Namespaces, Services, workloads and their pod templates: annotations of Istio that it does not know, and those
    that it reads of another kind only, as `sidecar.istio.io/proxyCPU` of a Deployment instead of its pods. One that
    Istio gives up is information.

Why:
    It has no effect: the proxy keeps its defaults, without a word. `istioctl analyze` says IST0107, IST0108, IST0135.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: pay, namespace: payment, annotations: {sidecar.istio.io/proxyCPU: 100m}}
    spec:
      selector: {matchLabels: {app: pay}}
      template: {metadata: {labels: {app: pay}}, spec: {containers: []}}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: pay, namespace: payment}
    spec:
      selector: {matchLabels: {app: pay}}
      template:
        metadata: {labels: {app: pay}, annotations: {sidecar.istio.io/proxyCPU: 100m}}
        spec: {containers: []}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.istio.annotations import ANY, DEPRECATED, READ, of_istio
from gitopsgen.check.istio.sidecars import INJECT
from gitopsgen.check.pods import template
from gitopsgen.check.rule import Found, Known, Rule, Subject, has_pods, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

_PLACES = of_kind("Namespace", "Service")


def _may_have(known: Known) -> bool:
    return has_pods(known) or _PLACES(known)


RULE = Rule("GG735", "misplaced-mesh-annotation", Severity.WARNING, on=_may_have, is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report annotations of Istio without effect."""
    yield from _judge(subject, subject.known.name, subject.metadata, ("metadata",))
    pods = subject.known.pods
    if pods:
        yield from _judge(subject, "Pod", mapping(template(subject).get("metadata")), (*pods, "metadata"))


def _judge(subject: Subject, kind: str, metadata: Mapping[str, Any], path: Path) -> Iterator[Found]:
    for key in mapping(metadata.get("annotations")):
        if not of_istio(key):
            continue
        where = (*path, "annotations", key)
        kinds = READ.get(key)
        if kinds is None:
            yield subject.found(where, f'Istio knows no annotation "{key}"', suggestion(key, READ))
        elif kinds != (ANY,) and kind not in kinds:
            message = f'Istio reads the annotation "{key}" of a {" or ".join(kinds)} only, not of a {kind}'
            hint = "put it into the pod template" if kinds == ("Pod",) and subject.known.pods else ""
            yield subject.found(where, message, hint)
        elif key in DEPRECATED and not (key == INJECT and INJECT in mapping(metadata.get("labels"))):
            hint = f'the label "{INJECT}" is read' if key == INJECT else ""
            yield Found(subject, where, f'Istio gives up the annotation "{key}"', hint, Severity.INFO)
