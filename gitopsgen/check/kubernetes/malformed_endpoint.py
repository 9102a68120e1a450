"""A slice of endpoints without addresses, or with some that cannot be.

What it finds:
    An endpoint without an address, with one that is not of the slice's type, or with more than a hundred; ports whose
    name is no name or is taken twice, or whose protocol is no name; host names that are none.

Why:
    The API server refuses the object.

Example:
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: bank, namespace: payment}
    addressType: IPv4
    endpoints: [{addresses: []}]

Instead:
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: bank, namespace: payment}
    addressType: IPv4
    endpoints: [{addresses: [10.20.0.7]}]

"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.kubernetes.addresses import address
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text, texts
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG440",
    "malformed-endpoint",
    Severity.ERROR,
    on=of_kind("EndpointSlice.discovery.k8s.io", "Endpoints"),
    is_shared=True,
    refused_by=API_SERVER,
)
_GROUPS_4: Final = ip_network("224.0.0.0/24")
_GROUPS_6: Final = ip_network("ff02::/16")
_SPECIAL: Final[dict[str, Callable[[IPv4Address | IPv6Address], bool]]] = {
    "that of nobody": lambda one: one.is_unspecified,
    "the host's own": lambda one: one.is_loopback,
    "of one link": lambda one: one.is_link_local,
    "of a group on one link": lambda one: one in (_GROUPS_4 if one.version == 4 else _GROUPS_6),  # noqa: PLR2004
}
_MOST: Final = 100
_ADDRESSES: Final = ("addresses", "notReadyAddresses")


def check(subject: Subject) -> Iterator[Found]:
    """Report endpoints and ports that are refused."""
    if subject.known.name == "Endpoints":
        for index, one in enumerate(map(mapping, sequence(subject.data.get("subsets")))):
            yield from _subset(subject, one, ("subsets", index))
        return
    sort = subject.data.get("addressType")
    for index, one in enumerate(sequence(subject.data.get("endpoints"))):
        addresses = mapping(one).get("addresses")
        path: Path = ("endpoints", index, "addresses")
        if isinstance(addresses, list) and not 1 <= len(addresses) <= _MOST:
            message = f"an endpoint of {subject} has {len(addresses)} addresses, expected 1 to {_MOST}"
            yield subject.found(path, message)
        for at, value in texts(addresses):
            if not _is_of(sort, value):
                yield subject.found((*path, at), f'"{value}" is no address of the type {sort}')
            elif sort != "FQDN" and (special := _special(value)):
                yield subject.found((*path, at), f'the address "{value}" is {special}, expected one of another host')
        yield from _host(subject, mapping(one), ("endpoints", index))
    yield from _ports(subject, sequence(subject.data.get("ports")), ("ports",))


def _is_of(sort: Any, value: str) -> bool:
    if sort == "FQDN":
        return not names.subdomain(value)
    found = address(value)
    return found is not None and sort in (f"IPv{found.version}", None)


def _special(value: str) -> str:
    found = address(value)
    if found is None:
        return ""
    return next((said for said, is_so in _SPECIAL.items() if is_so(found)), "")


def _host(subject: Subject, one: Mapping[str, Any], path: Path) -> Iterator[Found]:
    for field, grammar in (("hostname", names.dns_label), ("nodeName", names.subdomain)):
        name = one.get(field)
        is_set = bool(name) or path[0] == "endpoints"  # a pointer there
        if is_set and isinstance(name, str) and (expected := grammar(name)):
            yield subject.found((*path, field), f'the {field} "{name}" must be {expected}')


def _subset(subject: Subject, subset: Mapping[str, Any], path: Path) -> Iterator[Found]:
    if not any(subset.get(field) for field in _ADDRESSES):
        yield subject.found(path, f"a subset of {subject} has no addresses, expected at least one")
    for field in _ADDRESSES:
        for index, one in enumerate(map(mapping, sequence(subset.get(field)))):
            where = (*path, field, index)
            value = text(one.get("ip"))
            if "ip" in one and address(value) is None:
                yield subject.found((*where, "ip"), f'"{value}" is no address')
            elif special := _special(value):
                yield subject.found((*where, "ip"), f'the address "{value}" is {special}, expected one of another host')
            yield from _host(subject, one, where)
    yield from _ports(subject, sequence(subset.get("ports")), (*path, "ports"))


def _ports(subject: Subject, ports: list[Any], path: Path) -> Iterator[Found]:
    seen: set[str] = set()
    for index, port in enumerate(map(mapping, ports)):
        name, protocol = text(port.get("name")), port.get("appProtocol")
        if name and (expected := names.dns_label(name)):
            yield subject.found((*path, index, "name"), f'the port "{name}" must be {expected}')
        elif name in seen and path[0] == "ports":
            yield subject.found((*path, index, "name"), f'two ports are called "{name}", expected one')
        seen.add(name)
        if isinstance(protocol, str) and (expected := names.label_key(protocol)):
            yield subject.found((*path, index, "appProtocol"), f'the protocol "{protocol}" must be {expected}')
