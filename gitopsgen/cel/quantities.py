"""Quantities in expressions: `quantity('1.5Gi').isLessThan(quantity('2Gi'))`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from gitopsgen.cel.opaque import made, text_of

_FORM: Final = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]{1,3}))?")
_SORT: Final = "quantity"
_POWERS: Final = dict(zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True))
_INT64: Final = 2**63


def is_quantity(text: str) -> bool:
    """Whether a text is a quantity."""
    return _FORM.fullmatch(text) is not None


def quantity(text: str) -> dict[str, str]:
    """Give the quantity; raises ValueError for what is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no quantity')
    number, binary, decimal, exponent = found.groups()
    if binary:
        return _made(Fraction(number) * 1024 ** (1 + "KMGTPE".index(binary[0])))
    return _made(Fraction(number) * Fraction(10) ** (_POWERS[decimal] if decimal else int(exponent or 0)))


def sign(one: Any) -> int:
    """Give -1, 0 or 1."""
    number = _number(one)
    return (number > 0) - (number < 0)


def is_integer(one: Any) -> bool:
    """Whether it is a whole number that 64 bits hold."""
    number = _number(one)
    return number.denominator == 1 and -_INT64 <= number < _INT64


def as_integer(one: Any) -> int:
    """Give the whole number; raises ValueError where it is none."""
    if not is_integer(one):
        raise ValueError("cannot convert value to integer")
    return int(_number(one))


def as_float(one: Any) -> float:
    """Give the nearest float."""
    return float(_number(one))


def is_greater(one: Any, other: Any) -> bool:
    """Whether the first is more."""
    return _number(one) > _number(other)


def is_less(one: Any, other: Any) -> bool:
    """Whether the first is less."""
    return _number(one) < _number(other)


def compare(one: Any, other: Any) -> int:
    """Give -1, 0 or 1."""
    return (_number(one) > _number(other)) - (_number(one) < _number(other))


def add(one: Any, other: Any) -> dict[str, str]:
    """Give the sum; the other may be an integer."""
    return _made(_number(one) + _number(other))


def subtract(one: Any, other: Any) -> dict[str, str]:
    """Give the difference; the other may be an integer."""
    return _made(_number(one) - _number(other))


def _made(number: Fraction) -> dict[str, str]:
    return made(_SORT, str(number))


def _number(value: Any) -> Fraction:
    return Fraction(value) if isinstance(value, int) else Fraction(text_of(value, _SORT))
