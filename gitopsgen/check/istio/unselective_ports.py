"""Modes of single ports for pods that nobody selected.

What it finds:
    `portLevelMtls` of a PeerAuthentication without a `selector`, or with a port outside of 1 to 65535.

Why:
    Istio's webhook refuses the object: a port means something for the pods of one workload only.

Example:
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: pay, namespace: istio-system}
    spec: {mtls: {mode: STRICT}, portLevelMtls: {"8080": {mode: DISABLE}}}

Instead:
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: pay, namespace: istio-system}
    spec: {selector: {matchLabels: {app: pay}}, mtls: {mode: STRICT}, portLevelMtls: {"8080": {mode: DISABLE}}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.istio.grammar import PORT, is_port
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule(
    "GG564",
    "unselective-ports",
    Severity.ERROR,
    on=of_kind("PeerAuthentication.security.istio.io"),
    is_shared=True,
    refused_by=MESH,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report modes of ports that are refused."""
    spec = mapping(subject.data.get("spec"))
    ports = mapping(spec.get("portLevelMtls"))
    path = ("spec", "portLevelMtls")
    if ports and not mapping(mapping(spec.get("selector")).get("matchLabels")):
        yield subject.found(path, f"{subject} has modes of ports, expected a selector with labels")
    for port in ports:
        if port.isdecimal() and not is_port(int(port)):
            yield subject.found((*path, port), f"a port of {subject} is {port}, expected {PORT}")
