"""Two injectors of Istio that take the same pods.

What it finds:
    Webhooks of Istio's injection whose selectors both hold for one set of labels: of a namespace with or without
    `istio-injection`, and with or without each revision named, and of pods with or without `sidecar.istio.io/inject`.

Why:
    Such a pod is injected twice, and which control plane it belongs to is left to chance. `istioctl analyze` says
    IST0139.

Example:
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingWebhookConfiguration
    metadata: {name: istio-sidecar-injector-canary, labels: {istio.io/rev: canary}}
    webhooks:
      - name: rev.namespace.sidecar-injector.istio.io
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {url: "https://istiod-canary.example.com/inject"}
        namespaceSelector: {matchLabels: {istio.io/rev: canary}}
      - name: rev.object.sidecar-injector.istio.io
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {url: "https://istiod-canary.example.com/inject"}
        objectSelector: {matchLabels: {istio.io/rev: canary}}

Instead:
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingWebhookConfiguration
    metadata: {name: istio-sidecar-injector-canary, labels: {istio.io/rev: canary}}
    webhooks:
      - name: rev.namespace.sidecar-injector.istio.io
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {url: "https://istiod-canary.example.com/inject"}
        namespaceSelector: {matchLabels: {istio.io/rev: canary}}
      - name: rev.object.sidecar-injector.istio.io
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {url: "https://istiod-canary.example.com/inject"}
        namespaceSelector: {matchExpressions: [{key: istio.io/rev, operator: DoesNotExist}]}
        objectSelector: {matchLabels: {istio.io/rev: canary}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG753", "contested-injection", Severity.ERROR, is_shared=True)
_GROUP: Final = "admissionregistration.k8s.io"
_REVISION: Final = "istio.io/rev"
_NAMESPACES: Final[tuple[dict[str, str], ...]] = (
    {},
    {"istio-injection": "enabled"},
    {"istio-injection": "disabled"},
)
_PODS: Final[tuple[dict[str, str], ...]] = (
    {},
    {"sidecar.istio.io/inject": "true"},
    {"sidecar.istio.io/inject": "false"},
)
_Hook = tuple[Subject, Path, Mapping[str, Any]]


def check(cluster: Cluster) -> Iterator[Found]:
    """Report webhooks that inject into pods which an earlier one injects into."""
    hooks, revisions = _injectors(cluster)
    named = [{_REVISION: revision} for revision in revisions]
    namespaces = [*_NAMESPACES, *(one | two for one, two in product(_NAMESPACES, named))]
    pods = [*_PODS, *(one | two for one, two in product(_PODS, named))]
    told: set[int] = set()
    for namespace, labels in product(namespaces, pods):
        taking = [number for number, (_, _, hook) in enumerate(hooks) if _takes(hook, namespace, labels)]
        for number in taking[1:]:
            if number not in told:
                told.add(number)
                yield _found(hooks[number], hooks[taking[0]], namespace, labels)


def _injectors(cluster: Cluster) -> tuple[list[_Hook], list[str]]:
    """Give the webhooks that inject, and the revisions that they name."""
    hooks: list[_Hook] = []
    revisions: set[str] = set()
    for subject in cluster.of("MutatingWebhookConfiguration", _GROUP):
        own = [(subject, path, mapping(hook)) for path, hook in members(subject.data, "webhooks", EACH)]
        named = {text(mapping(subject.metadata.get("labels")).get(_REVISION))}
        for _, _, hook in own:
            named.update(*map(_revisions, (hook.get("namespaceSelector"), hook.get("objectSelector"))))
        named.discard("")
        if named or any(text(hook.get("name")).endswith("istio.io") for _, _, hook in own):
            hooks += own
            revisions |= named
    return hooks, sorted(revisions)


def _revisions(selector: Any) -> set[str]:
    wanted = mapping(selector)
    entries = [mapping(entry) for entry in sequence(wanted.get("matchExpressions"))]
    values = [value for entry in entries if entry.get("key") == _REVISION for value in sequence(entry.get("values"))]
    return {text(mapping(wanted.get("matchLabels")).get(_REVISION)), *map(text, values)}


def _takes(hook: Mapping[str, Any], namespace: Mapping[str, str], pod: Mapping[str, str]) -> bool:
    return matches(mapping(hook.get("namespaceSelector")), namespace) and matches(
        mapping(hook.get("objectSelector")), pod
    )


def _found(hook: _Hook, other: _Hook, namespace: Mapping[str, str], pod: Mapping[str, str]) -> Found:
    subject, path, data = hook
    message = (
        f'the webhook "{text(data.get("name"))}" of {subject} injects into the same pods as '
        f'"{text(other[2].get("name"))}" of {other[0]}: namespace with {_shown(namespace)}, pod with {_shown(pod)}'
    )
    return subject.found((*path, "name"), message, "let their selectors exclude each other")


def _shown(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in labels.items()) or "no such label"
