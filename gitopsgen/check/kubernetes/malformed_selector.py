"""A selector with a label that no object can have.

What it finds:
    Selectors of network policies, disruption budgets, claims, admission policies, webhooks and aggregated roles whose
    keys or values are no labels, or whose operator has values where it takes none, or none where it needs some; and
    the same of the nodes of a volume.

Why:
    The API server refuses the object.

Example:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: ledger, namespace: payment}
    spec: {maxUnavailable: 1, selector: {matchLabels: {app: "ledger service"}}}

Instead:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: ledger, namespace: payment}
    spec: {maxUnavailable: 1, selector: {matchLabels: {app: ledger-service}}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.check.selectors import expressions, keys, labels
from gitopsgen.diagnostics import Severity

_WEBHOOKS: Final = (("webhooks", EACH, "namespaceSelector"), ("webhooks", EACH, "objectSelector"))
_SELECTORS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "ClusterRole.rbac.authorization.k8s.io": (("aggregationRule", "clusterRoleSelectors", EACH),),
    "MutatingWebhookConfiguration.admissionregistration.k8s.io": _WEBHOOKS,
    "NetworkPolicy.networking.k8s.io": (
        ("spec", "podSelector"),
        *(
            ("spec", direction, EACH, side, EACH, name)
            for direction, side in (("ingress", "from"), ("egress", "to"))
            for name in ("podSelector", "namespaceSelector")
        ),
    ),
    "PersistentVolumeClaim": (("spec", "selector"),),
    "PodDisruptionBudget.policy": (("spec", "selector"),),
    "ValidatingAdmissionPolicy.admissionregistration.k8s.io": tuple(
        ("spec", "matchConstraints", name) for name in ("namespaceSelector", "objectSelector")
    ),
    "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io": tuple(
        ("spec", "matchResources", name) for name in ("namespaceSelector", "objectSelector")
    ),
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io": _WEBHOOKS,
}
_NODES: Final = ("spec", "nodeAffinity", "required", "nodeSelectorTerms", EACH)

RULE = Rule(
    "GG433",
    "malformed-selector",
    Severity.ERROR,
    on=of_kind(*_SELECTORS, "PersistentVolume"),
    is_shared=True,
    refused_by=API_SERVER,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report selectors that the server does not take."""
    group = subject.known.group
    for steps in _SELECTORS.get(f"{subject.known.name}.{group}" if group else subject.known.name, ()):
        for path, selector in members(subject.data, *steps):
            for below, message, hint in labels(selector):
                yield subject.found((*path, *below), message, hint)
    if subject.known.name == "PersistentVolume":
        yield from _nodes(subject)


def _nodes(subject: Subject) -> Iterator[Found]:
    for path, terms in members(subject.data, *_NODES[:-1]):
        if terms == []:
            yield subject.found(path, "node affinity without terms, so no node would do", "add a term")
    for path, term in members(subject.data, *_NODES):
        for below, message, hint in (*keys(term), *expressions(term)):
            yield subject.found((*path, *below), message, hint)
