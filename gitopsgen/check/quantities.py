"""Amounts of resources, as Kubernetes writes them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

_QUANTITY: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?")
_DECIMAL: Final = "kMGTPE"


def amount(quantity: Any) -> Fraction | None:
    """Give a quantity as a number, None where it is none (or written with an exponent)."""
    match = _QUANTITY.fullmatch(str(quantity))
    if isinstance(quantity, bool) or match is None:
        return None
    number, suffix = Fraction(match[1]), match[2] or ""
    if suffix == "m":
        return number / 1000
    power = _DECIMAL.find(suffix.removesuffix("i").replace("K", "k")) + 1 if suffix else 0
    base = 1024 if suffix.endswith("i") else 1000
    return number * Fraction(base) ** power
