"""Where in an object a mutator of Gatekeeper works, as it writes it: `spec.containers[name: main].image`.

https://open-policy-agent.github.io/gatekeeper/website/docs/mutation#location
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

_TOKEN: Final = re.compile(
    r"""[ \t\r\n]*(?:(?P<int>[0-9]+)|(?P<word>[A-Za-z_-][A-Za-z0-9_-]*)|(?P<sign>[].:*[])"""
    r"""|"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<end>\Z))""",
    re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_LARGEST: Final = 2**63 - 1


class Field(NamedTuple):
    """A field of an object."""

    name: str


class Item(NamedTuple):
    """The items of a list whose `key` has a value; all of them where `value` is None."""

    key: str
    value: str | int | None


Step: TypeAlias = Field | Item
Steps: TypeAlias = tuple[Step, ...]


class LocationError(Exception):
    """A location that cannot be read: why."""


def read_location(location: str) -> Steps:
    """Give the steps of a location, none for an empty one; raises `LocationError`."""
    tokens = list(_tokens(location))
    steps: list[Step] = []
    at = 0
    while tokens[at][0] != "end" or at:
        steps.append(Field(_taken(tokens, at, "word", "the name of a field")))
        at += 1
        if tokens[at] == ("sign", "["):
            steps.append(_item(tokens, at + 1))
            at += 5
        if tokens[at][0] == "end":
            break
        if tokens[at] != ("sign", "."):
            raise LocationError(f'found "{tokens[at][1]}", expected "." or the end')
        at += 1
    return tuple(steps)


def _tokens(location: str) -> Iterator[tuple[str, str]]:
    at = 0
    while True:
        found = _TOKEN.match(location, at)
        if found is None:
            raise LocationError(f"{location[at:].strip()[:1]!r} at character {at + 1} is no part of a location")
        kind, value = found.lastgroup or "end", found.group(found.lastgroup or 0)
        if kind in {"double", "single"}:
            kind, value = "word", _ESCAPED.sub(r"\1", value)
        yield kind, value
        if kind == "end":
            return
        at = found.end()


def _item(tokens: list[tuple[str, str]], at: int) -> Item:
    key = _taken(tokens, at, "word", "the key of a list")
    if tokens[at + 1] != ("sign", ":"):
        raise LocationError(f'found "{tokens[at + 1][1]}" behind the key "{key}", expected ":"')
    kind, value = tokens[at + 2]
    if (kind, value) != ("sign", "*") and kind not in {"word", "int"}:
        raise LocationError(f'found "{value}" behind "{key}:", expected a value or "*"')
    if tokens[at + 3] != ("sign", "]"):
        raise LocationError(f'found "{tokens[at + 3][1]}" behind "{key}: {value}", expected "]"')
    if kind == "int" and int(value) > _LARGEST:
        raise LocationError(f"{value} is too large for a number")
    return Item(key, None if kind == "sign" else int(value) if kind == "int" else value)


def _taken(tokens: list[tuple[str, str]], at: int, kind: str, wanted: str) -> str:
    if tokens[at][0] != kind:
        raise LocationError(f'found "{tokens[at][1]}", expected {wanted}' if tokens[at][1] else f"{wanted} is missing")
    return tokens[at][1]
