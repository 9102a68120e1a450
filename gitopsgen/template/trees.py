"""A document of a skeleton as a tree: scalars that are literals, holes, or text with holes in it.

`offset` is always the place in the skeleton's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A scalar that the template writes out."""

    value: Any
    offset: int


@dataclass(frozen=True, slots=True)
class Hole:
    """A plain scalar that is exactly one hole: it takes a value with its type.

    `is_optional` is false where the value cannot be `omit`: data never holds it, so an expression has to name it.
    """

    index: int
    offset: int
    is_optional: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """A string with holes in it, which take text."""

    parts: tuple[str | int, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping."""

    entries: tuple[tuple[Tree, Tree], ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Tree, ...]
    offset: int


Tree = Literal | Hole | Text | Table | Sequence


def may_vanish(tree: Tree) -> bool:
    """Tell whether a value may turn out to be left out."""
    return isinstance(tree, Hole) and tree.is_optional


def name_of(key: Tree) -> str:
    """Give a key that the template writes out, empty for any other."""
    return key.value if isinstance(key, Literal) and isinstance(key.value, str) else ""


def to_plain(tree: Tree) -> Any:
    """Give a tree as tuples of plain data, without the places in the skeleton."""
    if isinstance(tree, Literal):
        return "literal", tree.value
    if isinstance(tree, Hole):
        return "hole", tree.index, tree.is_optional
    if isinstance(tree, Text):
        return "text", tree.parts
    if isinstance(tree, Table):
        return "table", tuple((to_plain(key), to_plain(value)) for key, value in tree.entries)
    return "sequence", tuple(to_plain(one) for one in tree.items)


def from_plain(plain: Any) -> Tree:
    """Give the tree that `to_plain` was given."""
    sort = plain[0]
    if sort == "literal":
        return Literal(plain[1], 0)
    if sort == "hole":
        return Hole(plain[1], 0, plain[2])
    if sort == "text":
        return Text(plain[1], 0)
    if sort == "table":
        return Table(tuple([(from_plain(key), from_plain(value)) for key, value in plain[1]]), 0)
    return Sequence(tuple([from_plain(one) for one in plain[1]]), 0)
