"""Quantities of Kubernetes as exact numbers.

Knows the grammar of quantities; what is much or little is said by rules.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

_QUANTITY = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))(?P<suffix>m|k|M|G|T|P|E|[KMGTPE]i|[eE][+-]?\d+)?")
_DECIMAL: dict[str, Fraction | int] = {
    "m": Fraction(1, 1000),
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "P": 10**15,
    "E": 10**18,
}
_BINARY: dict[str, Fraction | int] = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_FACTORS = {"": 1, **_DECIMAL, **_BINARY}


def amount(value: Any) -> Fraction | None:
    """Give a quantity as a number, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return _parsed(str(value))


@lru_cache(maxsize=4096)  # a fleet says the same few over and over
def _parsed(quantity: str) -> Fraction | None:
    found = _QUANTITY.fullmatch(quantity.strip())
    if found is None:
        return None
    suffix = found["suffix"] or ""
    factor = _FACTORS.get(suffix)
    return Fraction(found["number"]) * (Fraction(10) ** int(suffix[1:]) if factor is None else factor)


def written(number: Fraction, resource: str) -> str:
    """Give a number as people write an amount of this resource: processors in thousandths, memory in mebibytes."""
    if resource.endswith("cpu"):
        return f"{-(-number * 1000 // 1)}m"
    if resource.endswith(("memory", "storage")):
        return f"{-(-number // 2**20)}Mi"
    return str(-(-number // 1))
