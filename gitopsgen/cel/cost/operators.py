"""What operators and functions of the language itself cost, by the sizes of what they are given.

https://github.com/google/cel-go/blob/master/checker/cost.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gitopsgen.cel.cost.calls import PATTERN, READ, Reckoned
from gitopsgen.cel.cost.sizes import Size, capped, scaled

ADDED: Final = frozenset({"add_list", "add_text"})
_COMPARED: Final = frozenset({"equals", "order_text"})


def of_language(variant: str, sizes: Sequence[Size]) -> Reckoned:
    """Give what a variant of an operator or function costs, and the size of its result."""
    if variant in ADDED:
        size = sizes[0].plus(sizes[1])
        return (1 if variant == "add_list" else scaled(size.most, READ)), size
    if variant in _COMPARED:
        return scaled(min(one.most for one in sizes), READ), None
    by = _BY_SIZES.get(variant)
    return by(*sizes) if by else (1, None)


def _read(text: Size) -> Reckoned:
    return scaled(text.most, READ), None


def _ends(_: Size, end: Size) -> Reckoned:
    return _read(end)


def _in_list(_: Size, items: Size) -> Reckoned:
    return scaled(items.most, 1), None


def _matches(text: Size, pattern: Size) -> Reckoned:
    return capped(scaled(capped(text.most + 1), READ) * scaled(pattern.most, PATTERN)), None


def _contains(text: Size, part: Size) -> Reckoned:
    return capped(scaled(text.most, READ) * scaled(part.most, READ)), None


def _format(text: Size, _: Size) -> Reckoned:
    return _read(text)


def _quote(text: Size) -> Reckoned:
    return scaled(text.most, READ), Size(text.least + 2, (text.most * 2 + 2) % 2**64)


def _to_bytes(text: Size) -> Reckoned:
    return scaled(text.most, READ), Size(text.least, text.most * 4 % 2**64)


def _from_bytes(data: Size) -> Reckoned:
    return scaled(data.most, READ), Size(data.least // 4, data.most)


_BY_SIZES: Final[Mapping[str, Callable[..., Reckoned]]] = {
    "bytes_to_string": _from_bytes,
    "contains": _contains,
    "ends": _ends,
    "format": _format,
    "in_list": _in_list,
    "matches": _matches,
    "quote": _quote,
    "string_to_bytes": _to_bytes,
}
