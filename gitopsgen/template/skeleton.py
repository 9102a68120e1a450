"""Marked text to trees of YAML documents whose scalars are literals, holes, or text with holes in it.

A hole is a marker of two private-use characters around a number; values are never seen here.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from gitopsgen.emit import METADATA_KEYS, TOP_KEYS
from gitopsgen.scalars import Ambiguous, resolve
from gitopsgen.template.captured import Piece
from gitopsgen.template.errors import Spot, TemplateError

_MARKER: Final = re.compile("\ue000([0-9]+)\ue001")
_STANDARD_TAG: Final = "tag:yaml.org,2002:"
_MAXIMUM_DEPTH: Final = 100


@dataclass(frozen=True, slots=True)
class Literal:
    """A scalar that the template writes out; `offset` is its place in the skeleton."""

    value: Any
    offset: int


@dataclass(frozen=True, slots=True)
class Hole:
    """A plain scalar that is exactly one hole: it takes a value with its type."""

    index: int
    offset: int


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


class Skeleton:
    """The marked text of one run: its text with markers, its holes, and where each character comes from."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        """Number the holes in the order in which they stand."""
        self.holes = [piece for piece in pieces if piece.node is not None]
        numbers = iter(range(len(self.holes)))
        texts = [piece.text if piece.node is None else f"\ue000{next(numbers)}\ue001" for piece in pieces]
        self.text = "".join(texts)
        self._pieces = pieces
        self._starts = [0]
        for text in texts:
            self._starts.append(self._starts[-1] + len(text))

    def spot(self, offset: int) -> Spot:
        """Give the place in a template that wrote the character at `offset`."""
        place = bisect.bisect_right(self._starts, offset) - 1
        place = max(min(place, len(self._pieces) - 1), 0)
        piece = self._pieces[place]
        lines = piece.text[: offset - self._starts[place]].count("\n") if piece.node is None else 0
        return Spot(piece.spot.template, piece.spot.line + lines, piece.spot.source)

    def parts(self) -> tuple[str | int, ...]:
        """Give the whole text as text with holes, for native files."""
        return _parts(self.text)

    def documents(self) -> list[Tree]:
        """Give the trees of all documents that hold something.

        Raises `TemplateError` at the template line that breaks YAML or uses what is not allowed in it.
        """
        try:
            nodes = list(yaml.compose_all(self.text, Loader=yaml.CSafeLoader))
        except yaml.YAMLError as error:
            raise self._broken(error) from None
        except RecursionError:
            raise TemplateError("too-much-work", "the YAML is nested too deeply", self.spot(0)) from None
        trees = [_Reader(self).tree(node, 0) for node in nodes if node is not None and not _is_empty(node)]
        return [_ordered(tree) for tree in trees]

    def _broken(self, error: yaml.YAMLError) -> TemplateError:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        offset = mark.index if mark is not None else getattr(error, "position", 0)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        return TemplateError("broken-yaml", f"the template does not give YAML: {problem}", self.spot(offset))


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def _parts(text: str) -> tuple[str | int, ...]:
    split = _MARKER.split(text)
    parts = (int(part) if place % 2 else part for place, part in enumerate(split))
    return tuple(part for part in parts if part != "")


class _Reader:
    """Turns libyaml's nodes into trees, refusing what a manifest must not hold."""

    def __init__(self, skeleton: Skeleton) -> None:
        self.skeleton = skeleton
        self.seen: set[int] = set()

    def refuse(self, rule: str, message: str, offset: int, hint: str = "") -> TemplateError:
        return TemplateError(rule, message, self.skeleton.spot(offset), hint)

    def tree(self, node: yaml.Node, depth: int) -> Tree:
        offset: int = node.start_mark.index
        if id(node) in self.seen:
            raise self.refuse("forbidden-construct", "found a YAML alias, which templates may not use", offset)
        if depth > _MAXIMUM_DEPTH:
            raise self.refuse("too-much-work", "the YAML is nested too deeply", offset)
        self.seen.add(id(node))
        if not node.tag.startswith(_STANDARD_TAG):
            raise self.refuse("forbidden-construct", f"found the YAML tag '{_visible(node.tag)}'", offset)
        if isinstance(node, yaml.MappingNode):
            return Table(tuple(self.entries(node, depth)), offset)
        if isinstance(node, yaml.SequenceNode):
            return Sequence(tuple(self.tree(one, depth + 1) for one in node.value), offset)
        return self.scalar(node, offset)

    def entries(self, node: yaml.MappingNode, depth: int) -> Iterator[tuple[Tree, Tree]]:
        keys: set[str] = set()
        for key_node, value_node in node.value:
            key = self.tree(key_node, depth + 1)
            offset = key_node.start_mark.index
            if isinstance(key, Literal):
                if key_node.value == "<<" and not key_node.style:
                    raise self.refuse("forbidden-construct", "found a YAML merge key '<<'", offset)
                if not isinstance(key.value, str):
                    found = f"found the key {key_node.value!r}, which is no string"
                    raise self.refuse("ambiguous-scalar", found, offset, "quote it")
                if key.value in keys:
                    raise self.refuse("duplicate-key", f"found the key '{key.value}' twice in one mapping", offset)
                keys.add(key.value)
            elif not isinstance(key, Hole | Text):
                raise self.refuse("forbidden-construct", "found a mapping or list as a key", offset)
            yield key, self.tree(value_node, depth + 1)

    def scalar(self, node: yaml.ScalarNode, offset: int) -> Tree:
        parts = _parts(node.value)
        is_plain = not node.style
        if any(isinstance(part, int) for part in parts):
            if is_plain and len(parts) == 1 and isinstance(parts[0], int):
                return Hole(parts[0], offset)
            return Text(parts, offset)
        if not is_plain:
            return Literal(node.value, offset)
        if node.value == "<<":
            return Literal(node.value, offset)
        value = resolve(node.value)
        if isinstance(value, Ambiguous):
            shown = f"'{node.value}'" if node.value else "nothing"
            message = f"found {shown} where a value is expected, which YAML readers take for different things"
            raise self.refuse("ambiguous-scalar", message, offset, "quote it, or write the value out")
        if isinstance(value, str) is not (node.tag == _STANDARD_TAG + "str") and isinstance(value, int | float):
            raise self.refuse("forbidden-construct", "found a YAML tag on a number", offset)
        return Literal(value, offset)


def _visible(tag: str) -> str:
    return _MARKER.sub("{{ … }}", tag)


def _ordered(tree: Tree) -> Tree:
    """Bring the keys of a Kubernetes object, and of its metadata, into the customary order."""
    if not isinstance(tree, Table) or "kind" not in _literal_keys(tree):
        return tree
    entries = [
        (key, _sorted_table(value, METADATA_KEYS) if _name(key) == "metadata" else value) for key, value in tree.entries
    ]
    return _sorted_table(Table(tuple(entries), tree.offset), TOP_KEYS)


def _literal_keys(tree: Table) -> set[str]:
    return {_name(key) for key, _ in tree.entries}


def _name(key: Tree) -> str:
    return key.value if isinstance(key, Literal) else ""


def _sorted_table(tree: Tree, first: tuple[str, ...]) -> Tree:
    if not isinstance(tree, Table):
        return tree
    rank = {name: place for place, name in enumerate(first)}
    entries = sorted(tree.entries, key=lambda entry: rank.get(_name(entry[0]), len(rank)))
    return Table(tuple(entries), tree.offset)
