"""An address of a Service that it cannot have.

What it finds:
    A `clusterIP` or `externalIPs` that is no address, or one of loopback, link or nobody; an address that
    `clusterIP` and `clusterIPs` disagree about; `loadBalancerSourceRanges` that are no CIDR; a family of
    addresses twice, or two where one is asked for.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      type: LoadBalancer
      externalIPs: [127.0.0.1]
      loadBalancerSourceRanges: [10.1.0.4]
      ports: [{name: http, port: 80}]

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      type: LoadBalancer
      externalIPs: [10.1.0.9]
      loadBalancerSourceRanges: [10.1.0.4/32]
      ports: [{name: http, port: 80}]

"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any, Final

from gitopsgen.check.kubernetes.addresses import address, network
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, texts

RULE = Rule(
    "GG479",
    "malformed-service-address",
    Severity.ERROR,
    on=of_kind("Service"),
    is_shared=True,
    reads=frozenset({"clusterIP", "clusterIPs", "externalIPs", "loadBalancerSourceRanges"}),
    refused_by=API_SERVER,
)
_OF_A_LINK: Final = tuple(map(ip_network, ("169.254.0.0/16", "fe80::/10", "224.0.0.0/24", "ff02::/16")))


def check(subject: Subject) -> Iterator[Found]:
    """Report addresses, ranges and families that are refused."""
    spec = mapping(subject.data.get("spec"))
    own, others = spec.get("clusterIP"), sequence(spec.get("clusterIPs"))
    if isinstance(own, str) and own not in {"", "None"} and address(own) is None:
        yield subject.found(("spec", "clusterIP"), f'the address "{own}" of {subject} is none, expected one or "None"')
    if others and others[0] != (own or ""):
        message = f'{subject} has the address "{own or ""}" and begins its list with "{others[0]}", expected the same'
        yield subject.found(("spec", "clusterIPs"), message)
    for index, value in enumerate(sequence(spec.get("externalIPs"))):
        expected = _expected(value)
        if expected:
            yield subject.found(("spec", "externalIPs", index), f'the address "{value}" must be {expected}')
    if spec.get("type") == "LoadBalancer":
        for index, value in texts(spec.get("loadBalancerSourceRanges")):
            if network(value.strip()) is None:
                message = f'the range "{value}" is no CIDR, expected one such as 10.9.8.0/24'
                yield subject.found(("spec", "loadBalancerSourceRanges", index), message)
    yield from _families(subject, sequence(spec.get("ipFamilies")), spec.get("ipFamilyPolicy"))


def _expected(value: Any) -> str:
    if not isinstance(value, str | None):
        return ""  # reported as a wrong type
    found: IPv4Address | IPv6Address | None = address(value or "")
    if found is None:
        return "an address such as 10.9.8.7"
    is_local = found.is_loopback or found.is_unspecified or any(found in link for link in _OF_A_LINK)
    return "an address that other machines can reach" if is_local else ""


def _families(subject: Subject, families: list[Any], policy: Any) -> Iterator[Found]:
    for index, family in enumerate(families):
        if family in ("", None):
            message = f"a family of addresses of {subject} has no name, expected IPv4 or IPv6"
            yield subject.found(("spec", "ipFamilies", index), message)
    if len(families) > 1 and families[0] == families[1]:
        yield subject.found(("spec", "ipFamilies", 1), f"{subject} has {families[1]} twice, expected it once")
    elif len(families) > 1 and policy == "SingleStack":
        message = f"{subject} is of a single stack and has two families, expected one, or another policy"
        yield subject.found(("spec", "ipFamilyPolicy"), message)
