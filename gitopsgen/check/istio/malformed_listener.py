"""A listener of a Sidecar that leads nowhere.

What it finds:
    A `defaultEndpoint` that is no loopback address with a port and no socket, an egress listener without a port that is
    not the last one, one with port 0 without a socket or with a capture mode, and two on one socket.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: {name: pay, namespace: payment}
    spec:
      ingress: [{port: {number: 8080, name: http, protocol: HTTP}, defaultEndpoint: pay:9090}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: {name: pay, namespace: payment}
    spec:
      ingress: [{port: {number: 8080, name: http, protocol: HTTP}, defaultEndpoint: "127.0.0.1:9090"}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import PORT, domain, is_port, socket
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG567",
    "malformed-listener",
    Severity.ERROR,
    on=of_kind("Sidecar.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_ENDPOINT: Final = re.compile(r"(?:127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|):\+?([0-9]{1,18})")
_UNIX: Final = "unix://"
_ADDRESSES: Final = "127.0.0.1:PORT, 0.0.0.0:PORT, [::1]:PORT, [::]:PORT or unix:///PATH"


def check(subject: Subject) -> Iterator[Found]:
    """Report listeners that are refused."""
    for path, value in members(subject.data, "spec", "ingress", EACH, "defaultEndpoint"):
        if isinstance(value, str) and value and not _leads(value):
            yield subject.found(path, f'the defaultEndpoint of {subject} is "{value}", expected {_ADDRESSES}')
    yield from _egress(subject)
    yield from _proxy(subject, mapping(mapping(subject.data.get("spec")).get("outboundTrafficPolicy")))


def _leads(endpoint: str) -> bool:
    if endpoint.startswith(_UNIX):
        return not socket(endpoint.removeprefix(_UNIX))
    match = _ENDPOINT.fullmatch(endpoint)
    return match is not None and is_port(int(match[1]))


def _egress(subject: Subject) -> Iterator[Found]:
    last = len(sequence(mapping(subject.data.get("spec")).get("egress"))) - 1
    seen: set[str] = set()
    for path, found in members(subject.data, "spec", "egress", EACH):
        listener = mapping(found)
        if listener.get("port") is None:
            if path[-1] != last:
                yield subject.found(path, f"an egress listener of {subject} has no port, expected it to be the last")
        elif not mapping(listener["port"]).get("number"):
            yield from _socket(subject, path, listener)
            bind = text(listener.get("bind"))
            if bind in seen:
                yield subject.found((*path, "bind"), f'two egress listeners of {subject} are on "{bind}"')
            seen.add(bind)


def _proxy(subject: Subject, policy: Mapping[str, Any]) -> Iterator[Found]:
    proxy, path = policy.get("egressProxy"), ("spec", "outboundTrafficPolicy", "egressProxy")
    if not isinstance(proxy, dict):
        return
    if policy.get("mode") != "ALLOW_ANY":
        yield subject.found(path, f"{subject} has an egressProxy, expected the mode ALLOW_ANY beside it")
        return
    host = text(proxy.get("host"))
    if expected := domain(host):
        yield subject.found(
            (*path, "host"), f'the host of the egressProxy of {subject} is "{host}", expected {expected}'
        )
    if not is_port(mapping(proxy.get("port")).get("number", 0)):
        yield subject.found(path, f"the egressProxy of {subject} has no port, expected one of {PORT}")


def _socket(subject: Subject, path: Path, listener: Mapping[str, Any]) -> Iterator[Found]:
    bind = text(listener.get("bind"))
    if not bind.startswith(_UNIX):
        message = f"an egress listener of {subject} has no number of a port, expected one, or bind: unix:///PATH"
        yield subject.found((*path, "port"), message)
    elif expected := socket(bind.removeprefix(_UNIX)):
        yield subject.found((*path, "bind"), f'the socket "{bind}" of {subject} must be {expected}')
    mode = text(listener.get("captureMode"))
    if mode not in {"", "DEFAULT", "NONE"}:
        message = f"an egress listener of {subject} on a socket has the captureMode {mode}, expected DEFAULT or NONE"
        yield subject.found((*path, "captureMode"), message)
