"""An expression as a tree, its macros unfolded: read from what the engine serializes after parsing.

The wire format is that of protocol buffers, of which a few lines read enough: no package comes in for it.
https://github.com/google/cel-spec/blob/master/proto/cel/expr/syntax.proto
https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.cel.engine import parsed

Fields = dict[int, list[Any]]


class UnreadableError(Exception):
    """An expression without a tree: it cannot be parsed, or has a part that is not known here."""


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A literal: `sort` is the name of its type, a text is a string, other values are not kept but numbers."""

    sort: str
    value: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A variable, a type, or what a macro binds."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Select:
    """A field of something, or the question whether it is there."""

    operand: Node
    field: str
    is_test: bool


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A function, a method of `target`, or an operator."""

    function: str
    target: Node | None
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list that is written out."""

    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """A map that is written out: keys and values in turn."""

    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """What a macro such as `all` or `map` means: `step` makes a new `accumulated` of each member of `over`."""

    variables: tuple[str, ...]
    over: Node
    accumulated: str
    first: Node
    condition: Node
    step: Node
    result: Node


Node = Constant | Name | Select | Call | Items | Entries | Loop

_WIDTHS: Final = {1: 8, 5: 4}
_BYTES: Final = 2
_NESTED: Final = 100  # far beyond what people write, and below what Python walks


def tree(expression: str) -> Node:
    """Give the tree of an expression; raises `UnreadableError`."""
    data = parsed(expression)
    if data is None:
        raise UnreadableError(expression)
    parsed_expression = _fields(_fields(data)[2][0])
    return _node(parsed_expression[2][0], 0)


def _node(data: bytes, depth: int) -> Node:
    fields = _fields(data)
    found = next((number for number in _READERS if number in fields), None)
    if found is None or depth > _NESTED:
        raise UnreadableError
    return _READERS[found](_fields(fields[found][0]), depth + 1)


def _constant(fields: Fields, _: int) -> Node:
    (number,) = fields
    value = fields[number][0]
    if number == _INTEGER:
        return Constant("int", value - 2**64 if value >= 2**63 else value)
    if number == _TEXT:
        return Constant("string", value.decode("utf-8", "surrogateescape"))
    return Constant(_CONSTANTS[number], value)


def _name(fields: Fields, _: int) -> Node:
    return Name(_text(fields, 1))


def _select(fields: Fields, depth: int) -> Node:
    return Select(_node(fields[1][0], depth), _text(fields, 2), _TEST in fields)


def _call(fields: Fields, depth: int) -> Node:
    target = _node(fields[1][0], depth) if 1 in fields else None
    return Call(_text(fields, 2), target, tuple(_node(one, depth) for one in fields.get(3, ())))


def _items(fields: Fields, depth: int) -> Node:
    if _OPTIONAL_ITEMS in fields:
        raise UnreadableError  # items that may be missing
    return Items(tuple(_node(one, depth) for one in fields.get(1, ())))


def _entries(fields: Fields, depth: int) -> Node:
    entries = [_fields(one) for one in fields.get(2, ())]
    if 1 in fields or any(_OPTIONAL_ENTRY in one or _KEY not in one for one in entries):
        raise UnreadableError  # a message, or entries that may be missing
    return Entries(tuple(_node(one[key][0], depth) for one in entries for key in (_KEY, _VALUE)))


def _loop(fields: Fields, depth: int) -> Node:
    variables = tuple(_text(fields, number) for number in (1, 8) if number in fields)
    over, first, condition, step, result = (_node(fields[number][0], depth) for number in (2, 4, 5, 6, 7))
    return Loop(variables, over, _text(fields, 3), first, condition, step, result)


def _text(fields: Fields, number: int) -> str:
    return str(fields[number][0], "utf-8")


_READERS: Final[dict[int, Callable[[Fields, int], Node]]] = {
    3: _constant, 4: _name, 5: _select, 6: _call, 7: _items, 8: _entries, 9: _loop,
}  # fmt: skip
# Numbers of fields.
_INTEGER: Final = 3
_TEXT: Final = 6
_TEST: Final = 3
_OPTIONAL_ITEMS: Final = 2
_KEY: Final = 3
_VALUE: Final = 4
_OPTIONAL_ENTRY: Final = 5
_LOWER: Final = 0x7F
_CONSTANTS: Final = {1: "null", 2: "bool", 4: "uint", 5: "double", 7: "bytes"}


def _fields(data: bytes) -> Fields:
    fields: Fields = {}
    for number, value in _wire(data):
        fields.setdefault(number, []).append(value)
    return fields


def _wire(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, sort = key >> 3, key & 7
        if sort == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        size, at = _varint(data, at) if sort == _BYTES else (_WIDTHS[sort], at)
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & _LOWER) << shift
        shift += 7
        if byte <= _LOWER:
            return value, at
