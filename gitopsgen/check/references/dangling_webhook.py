"""A webhook or an aggregated API that leads to no Service.

What it finds:
    A Service, or a port of it, that no manifest describes, in a webhook of admission, the conversion of a
    CustomResourceDefinition, or an APIService. Namespaces that no manifest describes are left alone.

Why:
    With `failurePolicy: Fail` the API server refuses every object that the webhook is for; an API without a server
    holds up the deletion of every namespace.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: policy}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: four-eyes}
    webhooks:
      - name: four-eyes.bank.example.com
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {service: {name: four-eyes, namespace: policy, port: 8443}}

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: four-eyes, namespace: policy}
    spec: {ports: [{name: https, port: 8443}]}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: four-eyes}
    webhooks:
      - name: four-eyes.bank.example.com
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {service: {name: four-eyes, namespace: policy, port: 8443}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import ports
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed, suggestion

RULE = Rule("GG520", "dangling-webhook", Severity.ERROR, is_shared=True)
_HOOKS: Final = ("webhooks", EACH, "clientConfig", "service")
_PLACES: Final = (
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration", _HOOKS),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", _HOOKS),
    ("apiextensions.k8s.io", "CustomResourceDefinition", ("spec", "conversion", "webhook", "clientConfig", "service")),
    ("apiregistration.k8s.io", "APIService", ("spec", "service")),
)
_DEFAULT_PORT: Final = 443


def check(cluster: Cluster) -> Iterator[Found]:
    """Report webhooks that nobody answers."""
    for group, kind, steps in _PLACES:
        for subject in cluster.of(kind, group):
            for path, reference in members(subject.data, *steps):
                yield from _judge(cluster, subject, path, mapping(reference))


def _judge(cluster: Cluster, subject: Subject, path: Path, reference: Mapping[str, Any]) -> Iterator[Found]:
    name, namespace = text(reference.get("name")), text(reference.get("namespace"))
    if not name or namespace not in cluster.namespaces:
        return
    service, port = cluster.get("Service", name, namespace), reference.get("port", _DEFAULT_PORT)
    if service is None:
        known = [other.name for other in cluster.of("Service") if other.namespace == namespace]
        message = f'{subject} calls the Service "{namespace}/{name}", which no manifest describes'
        yield subject.found((*path, "name"), message, suggestion(name, known))
    elif isinstance(port, int) and port not in ports(service):
        message = f"{subject} calls port {port} of {service}, expected {listed(sorted(ports(service)))}"
        yield subject.found((*path, "port"), message)
