"""An external control plane that is named by its address.

What it finds:
    A `url` with an IP address in a webhook of Istio: in a ValidatingWebhookConfiguration that is called
    `istiod-default-validator` or begins with `istio-validator`, or a MutatingWebhookConfiguration that begins with
    `istio-sidecar-injector`.

Why:
    The certificate of the control plane is for a name, and its address changes one day: then no pod of the cluster
    starts. `istioctl analyze` says IST0164.

Example:
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingWebhookConfiguration
    metadata: {name: istio-sidecar-injector}
    webhooks:
      - name: rev.namespace.sidecar-injector.istio.io
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {url: "https://10.0.0.1:15017/inject"}
        namespaceSelector: {matchLabels: {istio-injection: enabled}}

Instead:
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingWebhookConfiguration
    metadata: {name: istio-sidecar-injector}
    webhooks:
      - name: rev.namespace.sidecar-injector.istio.io
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {url: "https://istiod.example.com:15017/inject"}
        namespaceSelector: {matchLabels: {istio-injection: enabled}}

"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text

_GROUP: Final = "admissionregistration.k8s.io"
_VALIDATING: Final = "ValidatingWebhookConfiguration"
RULE = Rule(
    "GG755",
    "numeric-control-plane",
    Severity.WARNING,
    on=of_kind(f"{_VALIDATING}.{_GROUP}", f"MutatingWebhookConfiguration.{_GROUP}"),
    is_shared=True,
    reads=frozenset({"url"}),
)
_DEFAULT_VALIDATOR: Final = "istiod-default-validator"


def check(subject: Subject) -> Iterator[Found]:
    """Report addresses of control planes."""
    start = "istio-validator" if subject.known.name == _VALIDATING else "istio-sidecar-injector"
    if not subject.name.startswith(start) and (subject.known.name, subject.name) != (_VALIDATING, _DEFAULT_VALIDATOR):
        return
    for path, url in members(subject.data, "webhooks", EACH, "clientConfig", "url"):
        if host := _address(text(url)):
            message = f"{subject} calls a control plane by its address {host}, expected a host name"
            yield subject.found(path, message, "name the host that its certificate is for")


def _address(url: str) -> str:
    try:
        return str(ip_address(urlsplit(url).hostname or ""))
    except ValueError:
        return ""
