"""IP addresses and networks in expressions, as strict as Go's net/netip; no zones, no IPv4 inside IPv6.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from gitopsgen.cel.opaque import made, text_of

_ADDRESS: Final = "ip"
_NETWORK: Final = "cidr"
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def is_ip(text: str) -> bool:
    """Whether a text is an address."""
    return _is(_parsed, text)


def ip(text: str) -> dict[str, str]:
    """Give the address; raises ValueError for what is none."""
    return made(_ADDRESS, str(_parsed(text)))


def is_canonical(text: str) -> bool:
    """Whether an address is written in its shortest form; raises ValueError for what is none."""
    return str(_parsed(text)) == text


def is_cidr(text: str) -> bool:
    """Whether a text is an address with the length of a prefix."""
    return _is(_split, text)


def cidr(text: str) -> dict[str, str]:
    """Give the network, with the bits after its prefix; raises ValueError for what is none."""
    address, length = _split(text)
    return made(_NETWORK, f"{address}/{length}")


def family(one: Any) -> int:
    """Give 4 or 6."""
    return _address(one).version


def is_unspecified(one: Any) -> bool:
    """Whether it is 0.0.0.0 or ::."""
    return _address(one).is_unspecified


def is_loopback(one: Any) -> bool:
    """Whether it is an address of the machine itself."""
    return _address(one).is_loopback


def is_link_local_multicast(one: Any) -> bool:
    """Whether it is a group of one link."""
    address = _address(one)
    if isinstance(address, IPv4Address):
        return address in IPv4Network("224.0.0.0/24")
    packed = address.packed
    return packed[0] == 0xFF and packed[1] & 0x0F == 2  # noqa: PLR2004 - the scope of a link


def is_link_local_unicast(one: Any) -> bool:
    """Whether it is one machine on one link."""
    return _address(one).is_link_local


def is_global_unicast(one: Any) -> bool:
    """Whether it is neither of the above, nor a group, nor a broadcast; a private address is global here."""
    address = _address(one)
    is_broadcast = address == IPv4Address("255.255.255.255")
    is_other = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not (is_broadcast or is_other)


def contains_ip(network: Any, address: Any) -> bool:
    """Whether an address, or a text of one, is in a network."""
    return (_parsed(address) if isinstance(address, str) else _address(address)) in _network(network)


def contains_cidr(network: Any, other: Any) -> bool:
    """Whether a network, or a text of one, is in another."""
    outer, inner = _network(network), _masked(other) if isinstance(other, str) else _network(other)
    same_version = outer.version == inner.version
    return same_version and inner.network_address in outer and outer.prefixlen <= inner.prefixlen


def ip_of(network: Any) -> dict[str, str]:
    """Give the address that a network was written with."""
    return made(_ADDRESS, text_of(network, _NETWORK).partition("/")[0])


def masked(network: Any) -> dict[str, str]:
    """Give the network without the bits after its prefix."""
    return made(_NETWORK, str(_network(network)))


def prefix_length(network: Any) -> int:
    """Give the length of the prefix."""
    return _network(network).prefixlen


def _is(parse: Any, text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _parsed(text: str) -> Address:
    address = ip_address(text)
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address.ipv4_mapped is not None):
        raise ValueError(f'"{text}" has a zone or holds an IPv4 address, which is not allowed')
    return address


def _split(text: str) -> tuple[Address, int]:
    address, slash, length = text.partition("/")
    parsed = _parsed(address)
    is_number = length.isascii() and length.isdigit() and (length == "0" or not length.startswith("0"))
    if not slash or not is_number or int(length) > parsed.max_prefixlen:
        raise ValueError(f'"{text}" is no address with the length of a prefix')
    return parsed, int(length)


def _masked(text: str) -> Network:
    address, length = _split(text)
    return ip_network(f"{address}/{length}", strict=False)


def _address(value: Any) -> Address:
    return ip_address(text_of(value, _ADDRESS))


def _network(value: Any) -> Network:
    return _masked(text_of(value, _NETWORK))
