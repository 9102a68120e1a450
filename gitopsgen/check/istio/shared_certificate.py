"""Gateways with the same pods and the same certificate.

What it finds:
    Gateways that show the certificate of one `credentialName`, and of which one selects all pods of the other.

Why:
    A browser that has a connection for one host of the certificate uses it for the other hosts too, and gets 404 there:
    each Gateway has its own routes. `istioctl analyze` says IST0138.

Example:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: pay, namespace: payment}
    spec:
      selector: {istio: ingressgateway}
      servers:
        - hosts: [pay.example.com]
          port: {number: 443, name: https, protocol: HTTPS}
          tls: {mode: SIMPLE, credentialName: wildcard}
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: risk, namespace: payment}
    spec:
      selector: {istio: ingressgateway}
      servers:
        - hosts: [risk.example.com]
          port: {number: 443, name: https, protocol: HTTPS}
          tls: {mode: SIMPLE, credentialName: wildcard}

Instead:
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: pay, namespace: payment}
    spec:
      selector: {istio: ingressgateway}
      servers:
        - hosts: [pay.example.com, risk.example.com]
          port: {number: 443, name: https, protocol: HTTPS}
          tls: {mode: SIMPLE, credentialName: wildcard}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.gateways import selector, servers
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG738", "shared-certificate", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report certificates that an earlier Gateway shows already."""
    shown: dict[str, list[Subject]] = {}
    for gateway, path, server in servers(cluster):
        name = text(mapping(server.get("tls")).get("credentialName"))
        if not name:
            continue
        others = shown.setdefault(name, [])
        other = next((each for each in others if str(each) != str(gateway) and _have_same_pods(each, gateway)), None)
        if other:
            message = f'{gateway} shows the certificate "{name}", as {other} does at the same pods'
            hint = "make one Gateway of both, or give each a certificate of its own hosts"
            yield gateway.found((*path, "tls", "credentialName"), message, hint)
        others.append(gateway)


def _have_same_pods(one: Subject, other: Subject) -> bool:
    some, more = sorted((selector(one).items(), selector(other).items()), key=len)
    return some <= more
