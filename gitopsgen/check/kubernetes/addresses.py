"""Addresses and blocks as the API server reads them in its older fields: zeros before a number do not count.

Facts from apimachinery's validation package; where a field takes which is said by rules.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

_ZEROS: Final = re.compile(r"(?<![0-9a-fA-F:.])0+(?=[0-9])|(?<=\.)0+(?=[0-9])")
_BLOCK: Final = re.compile(r"[^/%]+/[0-9]{1,3}")


def address(value: str) -> IPv4Address | IPv6Address | None:
    """Give an address, None for what is none, or has a zone."""
    try:
        return None if "%" in value else ip_address(_ZEROS.sub("", value))
    except ValueError:
        return None


def network(value: object) -> IPv4Network | IPv6Network | None:
    """Give a block, also one with bits beyond its prefix; None for what is none, or has a mask."""
    if not isinstance(value, str) or not _BLOCK.fullmatch(value):
        return None
    try:
        return ip_network(_ZEROS.sub("", value), strict=False)
    except ValueError:
        return None
