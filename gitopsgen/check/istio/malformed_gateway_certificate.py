"""A Gateway whose Secret holds no certificate.

What it finds:
    A `credentialName` of a Gateway of Istio whose Secret is among the manifests, beside the pods of the Gateway, and
    has neither `tls.crt` and `tls.key` nor `cert` and `key`, or no X.509 certificate in PEM in the first of them.

Why:
    The listener has nothing to show: connections to its port fail. `istioctl analyze` says IST0161. Whether the
    certificate has expired is left alone, because the verdict on a commit must not change with the clock.

Example:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {app: edge}
      servers:
        - hosts: ["*"]
          port: {number: 443, name: https, protocol: HTTPS}
          tls: {mode: SIMPLE, credentialName: edge}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: edge, namespace: ingress}
    data: {ca.crt: ""}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: edge, namespace: ingress, labels: {app: edge}}
    spec: {containers: []}

Instead:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: edge, namespace: ingress}
    spec:
      selector: {app: edge}
      servers:
        - hosts: ["*"]
          port: {number: 443, name: https, protocol: HTTPS}
          tls: {mode: SIMPLE, credentialName: edge}
    ---
    apiVersion: external-secrets.io/v1
    kind: ExternalSecret
    metadata: {name: edge, namespace: ingress}
    spec:
      refreshInterval: 1h
      secretStoreRef: {kind: ClusterSecretStore, name: vault}
      target: {template: {type: kubernetes.io/tls}}
      data:
        - secretKey: tls.crt
          remoteRef: {key: edge, property: certificate}
        - secretKey: tls.key
          remoteRef: {key: edge, property: key}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: edge, namespace: ingress, labels: {app: edge}}
    spec: {containers: []}

"""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.gateways import carriers, servers
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG754", "malformed-gateway-certificate", Severity.ERROR, is_shared=True)
_PAIRS: Final = (("cert", "key"), ("tls.crt", "tls.key"))
_PEM: Final = re.compile(r"-----BEGIN [^-\n]*-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END [^-\n]*-----")


def check(cluster: Cluster) -> Iterator[Found]:
    """Report Secrets of which a Gateway can show no certificate."""
    for gateway, path, server in servers(cluster):
        name = text(mapping(server.get("tls")).get("credentialName"))
        secret = _secret(cluster, gateway, name) if name else None
        wrong = _wrong(secret.data) if secret else ""
        if wrong:
            message = f"{gateway} shows the certificate of {secret}, {wrong}"
            hint = "give it tls.crt and tls.key, both in PEM"
            yield gateway.found((*path, "tls", "credentialName"), message, hint)


def _secret(cluster: Cluster, gateway: Subject, name: str) -> Subject | None:
    """Give the Secret beside the pods of a Gateway, which is where istiod looks for it."""
    pods = carriers(cluster, gateway)
    return cluster.get("Secret", name, pods[0][0].namespace) if pods else None


def _wrong(secret: Mapping[str, Any]) -> str:
    held = {key: text(value).encode() for key, value in mapping(secret.get("stringData")).items()}
    for key, value in mapping(secret.get("data")).items():
        try:
            held.setdefault(key, base64.b64decode(text(value), validate=True))
        except (binascii.Error, ValueError):
            return ""  # the API server refuses it
    for certificate, key in _PAIRS:
        if held.get(certificate) and held.get(key):
            return "" if _is_certificate(held[certificate]) else f'in whose "{certificate}" is no certificate in PEM'
    return "which lacks a certificate or its key"


def _is_certificate(data: bytes) -> bool:
    block = _PEM.search(data.decode("ascii", "replace"))
    if not block:
        return False
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=base64.b64decode(block[1]))
    except (ssl.SSLError, binascii.Error, ValueError):
        return False
    return True
