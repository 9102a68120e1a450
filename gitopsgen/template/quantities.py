"""Kubernetes quantities as numbers that templates can compare and compute with."""

from __future__ import annotations

import re
from typing import Any, Final

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.operators import text

_SCALES: Final = {
    "": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50,
}  # fmt: skip
_QUANTITY: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?", re.ASCII)


def milli(value: Any) -> int:
    """Give a quantity in thousandths, rounded up: `100m` is 100, `2` is 2000."""
    numerator, denominator = _fraction(value)
    return -(-numerator * 1000 // denominator)


def mebi(value: Any) -> int:
    """Give a quantity in units of 2**20, rounded up: `1Gi` is 1024."""
    numerator, denominator = _fraction(value)
    return -(-numerator // (denominator * 2**20))


def _fraction(value: Any) -> tuple[int, int]:
    match = _QUANTITY.fullmatch(text(value))
    if match is None:
        raise TemplateError("wrong-operand", f"found {text(value)[:40]!r}, expected a Kubernetes quantity")
    number, suffix = match.groups()
    digits, _, fraction = number.partition(".")
    numerator = int(digits + fraction) * _SCALES.get(suffix or "", 1)
    return numerator, 10 ** len(fraction) * (1000 if suffix == "m" else 1)
