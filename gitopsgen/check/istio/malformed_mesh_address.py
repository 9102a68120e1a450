"""An address that the mesh cannot read.

What it finds:
    A block of addresses or an address that is none: `destinationSubnets` of a VirtualService, `addresses` and endpoints
    of a ServiceEntry, `bind` of a Gateway or Sidecar, the address of a WorkloadEntry, blocks of an AuthorizationPolicy.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec:
      hosts: [bank.example.com]
      addresses: [10.1.0.0/33]
      resolution: NONE
      ports: [{number: 443, name: tls, protocol: TLS}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec:
      hosts: [bank.example.com]
      addresses: [10.1.0.0/16]
      resolution: NONE
      ports: [{number: 443, name: tls, protocol: TLS}]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import domain, is_address, is_block
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path

_SOURCES: Final = ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks")
_BLOCKS: Final = {
    "VirtualService": (
        ("tls", EACH, "match", EACH, "destinationSubnets", EACH),
        ("tcp", EACH, "match", EACH, "destinationSubnets", EACH),
    ),
    "ServiceEntry": (("addresses", EACH),),
    "AuthorizationPolicy": tuple(("rules", EACH, "from", EACH, "source", name, EACH) for name in _SOURCES),
}
_BINDS: Final = {"Gateway": ("servers",), "Sidecar": ("ingress", "egress")}
_UNIX: Final = "unix://"
RULE = Rule(
    "GG547",
    "malformed-mesh-address",
    Severity.ERROR,
    on=of_kind(
        "AuthorizationPolicy.security.istio.io",
        *(f"{kind}.networking.istio.io" for kind in (*_BINDS, "ServiceEntry", "VirtualService", "WorkloadEntry")),
    ),
    is_shared=True,
    refused_by=MESH,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report addresses that are refused."""
    kind = subject.known.name
    for steps in _BLOCKS.get(kind, ()):
        for path, block in members(subject.data, "spec", *steps):
            if isinstance(block, str) and not is_block(block):
                yield _bad(subject, path, block, "an address, or one with '/' and the length of its prefix")
    if kind == "ServiceEntry":
        yield from _endpoints(subject)
    elif kind == "WorkloadEntry":
        spec = mapping(subject.data.get("spec"))
        if spec.get("address") or not spec.get("network"):
            yield from _endpoint(subject, ("spec", "address"), text(spec.get("address")), takes_name=True)
    else:
        yield from _binds(subject)


def _binds(subject: Subject) -> Iterator[Found]:
    for side in _BINDS.get(subject.known.name, ()):
        for path, bind in members(subject.data, "spec", side, EACH, "bind"):
            if bind and not text(bind).startswith(_UNIX) and not is_address(text(bind)):
                yield _bad(subject, path, text(bind), "an IP address, or unix:// and a path")


def _endpoints(subject: Subject) -> Iterator[Found]:
    resolution = text(mapping(subject.data.get("spec")).get("resolution"))
    if not resolution.startswith(("STATIC", "DNS")):
        return
    takes_name = resolution != "STATIC"
    for path, endpoint in members(subject.data, "spec", "endpoints", EACH):
        found = mapping(endpoint)
        if found.get("address") or takes_name or not found.get("network"):
            yield from _endpoint(subject, (*path, "address"), text(found.get("address")), takes_name=takes_name)


def _endpoint(subject: Subject, path: Path, address: str, *, takes_name: bool) -> Iterator[Found]:
    if is_address(address) or (address.startswith(_UNIX) and path[-2] != "endpoints"):
        return
    if address.startswith(_UNIX) or (takes_name and address and not domain(address)):
        return
    yield _bad(subject, path, address, "an IP address or a domain name" if takes_name else "an IP address")


def _bad(subject: Subject, path: Path, found: str, expected: str) -> Found:
    return subject.found(path, f'the address "{found}" of {subject} must be {expected}')
