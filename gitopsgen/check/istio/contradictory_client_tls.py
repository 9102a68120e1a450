"""TLS of a DestinationRule that cannot be spoken.

What it finds:
    MUTUAL without a client's certificate and key, certificates in files beside `credentialName`, and certificates to
    judge the server by beside `insecureSkipVerify`.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      trafficPolicy: {tls: {mode: MUTUAL, clientCertificate: /etc/certs/client.pem}}

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      trafficPolicy: {tls: {mode: MUTUAL, credentialName: pay-client}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.istio.policies import traffic_policies
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG568",
    "contradictory-client-tls",
    Severity.ERROR,
    on=of_kind("DestinationRule.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_CONFIG_MAP: Final = "configmap://"
_FILES: Final = ("clientCertificate", "caCertificates", "privateKey", "caCrl")
_UNREAD: Final = {
    "SIMPLE": ("caCertificates", "credentialName", "subjectAltNames"),
    "MUTUAL": ("caCertificates", "subjectAltNames"),
}


def check(subject: Subject) -> Iterator[Found]:
    """Report TLS settings that are refused."""
    for above, policy in traffic_policies(subject):
        yield from _settings(subject, (*above, "tls"), mapping(policy.get("tls")))


def _settings(subject: Subject, path: Path, tls: Mapping[str, Any]) -> Iterator[Found]:
    mode = text(tls.get("mode"))
    yield from _credential(subject, (*path, "credentialName"), text(tls.get("credentialName")))
    if tls.get("insecureSkipVerify") is True:
        yield from _beside(subject, path, tls, "insecureSkipVerify", _UNREAD.get(mode, ()))
    if mode in _UNREAD and tls.get("credentialName"):
        yield from _beside(subject, path, tls, "credentialName", _FILES)
    elif mode == "MUTUAL":
        for name in ("clientCertificate", "privateKey"):
            if not tls.get(name):
                message = f"{subject} is to speak MUTUAL TLS, expected credentialName or {name}"
                yield subject.found(path, message)


def _credential(subject: Subject, path: Path, credential: str) -> Iterator[Found]:
    """Report a ConfigMap that is not of the namespace of the rule."""
    if not credential.startswith(_CONFIG_MAP):
        return
    space, name, *_ = (*credential.removeprefix(_CONFIG_MAP).split("/"), "")
    own = text(subject.metadata.get("namespace"))
    if not space or not name or (own and space != own):
        expected = f"configmap://{own or 'NAMESPACE'}/NAME, of its own namespace"
        yield subject.found(path, f'the credentialName of {subject} is "{credential}", expected {expected}')


def _beside(
    subject: Subject, path: Path, tls: Mapping[str, Any], chosen: str, others: tuple[str, ...]
) -> Iterator[Found]:
    for name in others:
        if tls.get(name):
            yield subject.found((*path, name), f"{subject} has {name} beside {chosen}, expected one of them")
