"""A block of addresses in a network policy that is none.

What it finds:
    An `ipBlock` whose `cidr` is missing or no block, such as an address without a prefix; an exception that is no
    block, or does not lie within the block.

Why:
    The API server refuses the object.

Example:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      podSelector: {}
      ingress: [{from: [{ipBlock: {cidr: 10.20.0.0/16, except: [10.21.4.0/24]}}]}]

Instead:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      podSelector: {}
      ingress: [{from: [{ipBlock: {cidr: 10.20.0.0/16, except: [10.20.4.0/24]}}]}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.kubernetes.addresses import network
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import texts
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG438",
    "malformed-network-block",
    Severity.ERROR,
    on=of_kind("NetworkPolicy.networking.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_BLOCKS: Final = tuple(
    ("spec", direction, EACH, side, EACH, "ipBlock") for direction, side in (("ingress", "from"), ("egress", "to"))
)


def check(subject: Subject) -> Iterator[Found]:
    """Report blocks and exceptions that are refused."""
    for steps in _BLOCKS:
        for path, block in members(subject.data, *steps):
            if isinstance(block, dict):
                yield from _block(subject, block, path)


def _block(subject: Subject, block: Mapping[str, Any], path: Path) -> Iterator[Found]:
    given = block.get("cidr")
    whole = network(given)
    if whole is None and isinstance(given, str):
        yield subject.found((*path, "cidr"), f'the block "{given}" is no CIDR, expected one such as 10.9.8.0/24')
    for index, one in texts(block.get("except")):
        part = network(one)
        if part is None:
            message = f'the exception "{one}" is no CIDR, expected one such as 10.9.8.0/24'
            yield subject.found((*path, "except", index), message)
        elif whole is not None and not _is_within(part, whole):
            message = f'the exception "{one}" does not lie within "{given}", expected a smaller block of it'
            yield subject.found((*path, "except", index), message)


def _is_within(part: IPv4Network | IPv6Network, whole: IPv4Network | IPv6Network) -> bool:
    is_smaller = part.prefixlen > whole.prefixlen
    return is_smaller and part.version == whole.version and part.network_address in whole
