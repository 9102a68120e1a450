"""TLS of a Gateway or Sidecar that cannot be served.

What it finds:
    In a server of a Gateway: no TLS settings under HTTPS or TLS, or such settings under another protocol. There and in
    an ingress listener of a Sidecar: certificates beside ISTIO_MUTUAL, two sources of certificates, SIMPLE and MUTUAL
    without certificate, key or, for MUTUAL, the certificates of clients, a list of revoked ones where none is read, and
    what a Sidecar does not support.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {istio: ingressgateway}
      servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [pay.example.com], tls: {mode: SIMPLE}}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {istio: ingressgateway}
      servers:
        - port: {number: 443, name: https, protocol: HTTPS}
          hosts: [pay.example.com]
          tls: {mode: SIMPLE, credentialName: edge}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import OVER_HTTP, OVER_TLS, PROTOCOLS
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG565",
    "contradictory-server-tls",
    Severity.ERROR,
    on=of_kind("Gateway.networking.istio.io", "Sidecar.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_CERTIFICATES: Final = (
    "serverCertificate", "privateKey", "caCertificates", "tlsCertificates", "credentialName", "credentialNames",
)  # fmt: skip
_UNSUPPORTED: Final = ("subjectAltNames", "httpsRedirect", "credentialName", "credentialNames", "tlsCertificates")
_PLAIN: Final = ("caCertificates", "privateKey", "serverCertificate")
_MUTUAL: Final = frozenset({"MUTUAL", "OPTIONAL_MUTUAL"})


def check(subject: Subject) -> Iterator[Found]:
    """Report TLS settings that are refused."""
    side = "servers" if subject.known.name == "Gateway" else "ingress"
    for above, found in members(subject.data, "spec", side, EACH):
        server = mapping(found)
        path = (*above, "tls")
        tls = server.get("tls")
        protocol = text(mapping(server.get("port")).get("protocol")).lower()
        if protocol in PROTOCOLS or side == "ingress":
            yield from _protocol(subject, path, tls, protocol)
        if isinstance(tls, dict):
            yield from _ingress(subject, path, tls) if side == "ingress" else ()
            yield from _sources(subject, path, tls)
            yield from _complete(subject, path, tls)


def _mode(tls: Mapping[str, Any]) -> str:
    return text(tls.get("mode")) or "PASSTHROUGH"


def _protocol(subject: Subject, path: Path, tls: Any, protocol: str) -> Iterator[Found]:
    is_gateway = subject.known.name == "Gateway"
    if tls is None:
        if is_gateway and protocol in OVER_TLS:
            yield subject.found(path[:-1], f"a server of {subject} speaks {protocol.upper()}, expected tls settings")
    elif protocol not in OVER_TLS:
        passes = _mode(mapping(tls)) in {"PASSTHROUGH", "AUTO_PASSTHROUGH"}
        is_redirect = passes and not any(mapping(tls).get(name) for name in _PLAIN)
        if not (is_gateway and protocol in OVER_HTTP and is_redirect):
            message = f"{subject} has tls settings under {protocol.upper() or 'no protocol'}, expected HTTPS or TLS"
            yield subject.found(path, message)


def _ingress(subject: Subject, path: Path, tls: Mapping[str, Any]) -> Iterator[Found]:
    for name in _UNSUPPORTED:
        if tls.get(name):
            yield subject.found((*path, name), f"{name} of {subject} is not supported in a Sidecar, expected none")
    if _mode(tls) in {"ISTIO_MUTUAL", "AUTO_PASSTHROUGH"}:
        message = f"the mode of {subject} is {_mode(tls)}, expected SIMPLE, MUTUAL, OPTIONAL_MUTUAL or PASSTHROUGH"
        yield subject.found((*path, "mode"), message)


def _sources(subject: Subject, path: Path, tls: Mapping[str, Any]) -> Iterator[Found]:
    if _mode(tls) == "ISTIO_MUTUAL":
        for name in _CERTIFICATES:
            if tls.get(name):
                message = f"{subject} has {name} beside ISTIO_MUTUAL, expected none: Istio brings its own certificates"
                yield subject.found((*path, name), message)
        return
    named = [name for name in ("credentialName", "credentialNames", "tlsCertificates") if tls.get(name)]
    if tls.get("serverCertificate") and tls.get("privateKey"):
        named.append("serverCertificate")
    for name in named[1:]:
        message = f"{subject} has its certificates of {named[0]} and of {name}, expected one of them"
        yield subject.found((*path, name), message)


def _complete(subject: Subject, path: Path, tls: Mapping[str, Any]) -> Iterator[Found]:
    mode = _mode(tls)
    serves = mode == "SIMPLE" or mode in _MUTUAL
    if mode == "ISTIO_MUTUAL" or (serves and (tls.get("credentialName") or tls.get("credentialNames"))):
        return
    if mode in _MUTUAL and not tls.get("caCertificates"):
        yield subject.found(path, f"{subject} is to serve {mode} TLS, expected credentialName or caCertificates")
    own = sequence(tls.get("tlsCertificates")) or [tls]
    for name in ("serverCertificate", "privateKey") if serves else ():
        if not all(mapping(pair).get(name) for pair in own):
            yield subject.found(path, f"{subject} is to serve {mode} TLS, expected credentialName or {name}")
    if tls.get("caCrl") and (mode == "SIMPLE" or tls.get("credentialName")):
        yield subject.found((*path, "caCrl"), f"{subject} has caCrl with {mode} TLS, which does not read it")
