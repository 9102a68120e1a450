"""A host that the mesh cannot know.

What it finds:
    In a VirtualService, DestinationRule, ServiceEntry, Gateway or Sidecar: a host that is no domain name, a `*` where
    none may stand, a host of a Gateway without a dot, hosts of a VirtualService that cover each other, an SNI host
    that none of them covers, a gateway's name that is none.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay.example.com, "*.example.com"]
      http: [{route: [{destination: {host: "pay_service"}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: ["*.example.com"]
      http: [{route: [{destination: {host: pay-service}}]}]

"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import DNS_LABEL, domain, is_address, is_label, wildcard
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

_KINDS: Final = ("VirtualService", "DestinationRule", "ServiceEntry", "Gateway", "Sidecar")
RULE = Rule(
    "GG540",
    "malformed-mesh-host",
    Severity.ERROR,
    on=of_kind(*(f"{kind}.networking.istio.io" for kind in _KINDS)),
    is_shared=True,
    refused_by=MESH,
)
_DESTINATIONS: Final = (
    ("http", EACH, "route", EACH, "destination", "host"),
    ("http", EACH, "mirrors", EACH, "destination", "host"),
    ("http", EACH, "mirror", "host"),
    ("tls", EACH, "route", EACH, "destination", "host"),
    ("tcp", EACH, "route", EACH, "destination", "host"),
)


def check(subject: Subject) -> Iterator[Found]:
    """Report hosts that are refused."""
    kind = subject.known.name
    if kind == "VirtualService":
        yield from _routed(subject)
    elif kind == "DestinationRule":
        for path, host in members(subject.data, "spec", "host"):
            yield from _wildcard(subject, path, text(host))
    elif kind == "ServiceEntry":
        for path, host in members(subject.data, "spec", "hosts", EACH):
            yield from _named(subject, path, text(host))
    else:
        part = "servers" if kind == "Gateway" else "egress"
        for path, host in members(subject.data, "spec", part, EACH, "hosts", EACH):
            yield from _qualified(subject, path, text(host), is_gateway=kind == "Gateway")


def _routed(subject: Subject) -> Iterator[Found]:
    spec = mapping(subject.data.get("spec"))
    hosts = [text(host) for host in sequence(spec.get("hosts"))]
    gateways = [text(name) for name in sequence(spec.get("gateways"))]
    in_mesh = not gateways or "mesh" in gateways
    sound = True
    for path, host in members(subject.data, "spec", "hosts", EACH):
        found = list(_wildcard(subject, path, text(host))) if not _is_reached(text(host), spec, in_mesh) else []
        if not found and in_mesh and host == "*":
            found = [subject.found(path, f'{subject} is for "*", which only a gateway can be told')]
        sound = sound and not found
        yield from found
    for first, second in combinations(range(len(hosts)), 2) if sound else ():
        if _overlap(hosts[first], hosts[second]):
            message = f'"{hosts[second]}" and "{hosts[first]}" of {subject} mean the same hosts, expected one of them'
            yield subject.found(("spec", "hosts", second), message)
    for steps in _DESTINATIONS:
        for path, host in members(subject.data, "spec", *steps):
            yield from _named(subject, path, text(host))
    yield from _gateways(subject)
    yield from _asked(subject, hosts, in_mesh=in_mesh)


def _asked(subject: Subject, hosts: list[str], *, in_mesh: bool) -> Iterator[Found]:
    for path, name in members(subject.data, "spec", "tls", EACH, "match", EACH, "sniHosts", EACH):
        host = text(name)
        if is_address(host) or (not in_mesh and host.startswith("outbound_")):
            continue  # no sound SNI, but taken
        if expected := wildcard(host):
            yield _bad(subject, path, host, expected)
        elif not any(_covers(known, host) for known in hosts):
            yield _bad(subject, path, host, "one of its own hosts, or one that they cover")


def _covers(pattern: str, host: str) -> bool:
    if not pattern.startswith("*"):
        return pattern == host
    is_shorter = host.startswith("*") and len(host) < len(pattern)
    return not is_shorter and host.removeprefix("*").endswith(pattern[1:])


def _is_reached(host: str, spec: object, in_mesh: bool) -> bool:  # noqa: FBT001 - of one host, asked once
    """Tell whether a host is an address, or the name that a gateway gives a cluster behind it."""
    is_sni = any(members(spec, "tls", EACH, "match", EACH, "sniHosts", EACH))
    return is_address(host) or (not in_mesh and is_sni and host.startswith("outbound_"))


def _overlap(first: str, second: str) -> bool:
    if first.startswith("*") and second.startswith("*"):
        return first[1:].endswith(second[1:]) or second[1:].endswith(first[1:])
    if first.startswith("*") or second.startswith("*"):
        pattern, host = sorted((first, second), key=lambda each: not each.startswith("*"))
        return host.endswith(pattern[1:])
    return first == second


def _gateways(subject: Subject) -> Iterator[Found]:
    for steps in ((), ("http", EACH, "match", EACH), ("tls", EACH, "match", EACH), ("tcp", EACH, "match", EACH)):
        for above, names in members(subject.data, "spec", *steps, "gateways"):
            for index, name in enumerate(sequence(names)):
                namespace, slash, short = text(name).partition("/")
                expected = domain(text(name)) if not slash else ""
                if slash and not (is_label(namespace) and is_label(short)):
                    expected = f"namespace/name, each of {DNS_LABEL}"
                if expected:
                    yield _bad(subject, (*above, index), text(name), expected)
                if not slash:
                    break  # the webhook reads no further


def _named(subject: Subject, path: Path, host: str) -> Iterator[Found]:
    if host == "*":
        yield _bad(subject, path, host, "a name, or one behind '*.'")
    else:
        yield from _wildcard(subject, path, host)


def _wildcard(subject: Subject, path: Path, host: str) -> Iterator[Found]:
    if expected := wildcard(host):
        yield _bad(subject, path, host, expected)


def _qualified(subject: Subject, path: Path, entry: str, *, is_gateway: bool) -> Iterator[Found]:
    namespace, slash, host = entry.partition("/")
    if not slash:
        if not is_gateway:
            yield _bad(subject, path, entry, "namespace/host, such as ./* or */pay.example.com")
            return
        namespace, host = "*", entry
    bare = namespace if is_gateway else namespace.removeprefix("~")
    if not namespace or not (bare in {"*", "."} or is_label(bare) or (not is_gateway and not bare)):
        yield _bad(subject, path, entry, f"a namespace, '.' or '*' before '/': {DNS_LABEL}")
        return
    expected = "" if is_gateway and is_address(host) else wildcard(host)
    if not expected and host != "*" and "." not in host:
        expected = "a full name, with a dot" if not is_address(host) else ""
    if not expected and "*" in host and host != "*" and not host.startswith("*."):
        expected = "'*.' and a domain name"
    if expected:
        yield _bad(subject, path, entry, expected)


def _bad(subject: Subject, path: Path, host: str, expected: str) -> Found:
    return subject.found(path, f'the host "{host}" of {subject} must be {expected}')
