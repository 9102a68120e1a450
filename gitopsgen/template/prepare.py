"""A skeleton to what one variant costs: distinct expressions once, constant ones folded into the text.

Knows values only where they are the same for every variant.
"""

from __future__ import annotations

from typing import Any, Final

from gitopsgen.emit import UnwritableError, emit
from gitopsgen.template.document import HEADER, Document
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.expressions import Expressions
from gitopsgen.template.leaf import Fill, hole_function, mentions_omit
from gitopsgen.template.nodes import Function, Node
from gitopsgen.template.observe import is_constant
from gitopsgen.template.operators import OMIT, text
from gitopsgen.template.skeleton import Skeleton
from gitopsgen.template.trees import Hole, Literal, Sequence, Table, Text, Tree

_LEFT_OUT: Final = Literal(OMIT, -1)


class Preparation:
    """Prepares the documents of one skeleton; what fills them is collected on the way."""

    def __init__(self, skeleton: Skeleton, expressions: Expressions) -> None:
        """Take a skeleton, and what evaluates its holes."""
        self.skeleton = skeleton
        self.expressions = expressions
        self.slots: dict[Node, int] = {}
        self.fills: list[Fill] = []

    def documents(self, template: str, kind: str, *, is_one_file: bool = False) -> tuple[Document, ...]:
        """Prepare for a kind of output: `yaml`, `json` or `text`; several documents may be meant for one file."""
        if kind == "text":
            return (self._native(),) if self.skeleton.text.strip() else ()
        header = HEADER.format(template=template)
        trees = self.skeleton.documents()
        if is_one_file and len(trees) > 1:
            stream = self.tree(Sequence(tuple(trees), 0))
            return (Document("stream", stream, self._reads(0), header),)
        return tuple(self._document(tree, header, kind) for tree in trees)

    def functions(self) -> tuple[Function, ...]:
        """Give what evaluates each distinct expression, in order."""
        return tuple(hole_function(self.expressions, node) for node in self.slots)

    def _document(self, skeleton: Tree, header: str, kind: str) -> Document:
        before = len(self.fills)
        tree = self.tree(skeleton)
        return Document(kind, tree, self._reads(before), header)

    def _native(self) -> Document:
        parts = [part if isinstance(part, str) else self._slot(part, is_text=True) for part in self.skeleton.parts()]
        spots = {one.slot: one.piece.spot for one in self.fills}
        return Document.of_text(tuple(parts), self._reads(0), spots)

    def _reads(self, before: int) -> tuple[int, ...]:
        return tuple(sorted({fill.slot for fill in self.fills[before:]}))

    def tree(self, tree: Tree) -> Tree:
        """Give a tree whose holes are numbered by expression, and constant ones filled in."""
        if isinstance(tree, Hole):
            return self._hole(tree)
        if isinstance(tree, Text):
            return self._text(tree)
        if isinstance(tree, Table):
            return self._table(tree)
        if isinstance(tree, Sequence):
            items = (self.tree(one) for one in tree.items)
            return Sequence(tuple(one for one in items if one is not _LEFT_OUT), tree.offset)
        return tree

    def _table(self, tree: Table) -> Table:
        entries: list[tuple[Tree, Tree]] = []
        taken = {key.value for key, _ in tree.entries if isinstance(key, Literal)}
        for key, value in tree.entries:
            part = self.tree(value)
            if part is _LEFT_OUT:
                continue
            name = self._key(key)
            if isinstance(name, Literal) and not isinstance(key, Literal):
                if name.value in taken:  # a key that is there twice is found when it is filled in
                    name = self._numbered_key(key)
                else:
                    taken.add(name.value)
            entries.append((name, part))
        return Table(tuple(entries), tree.offset)

    def _key(self, key: Tree) -> Tree:
        if isinstance(key, Hole | Text):
            return self._text(Text(_parts(key), key.offset), is_key=True)
        return key

    def _numbered_key(self, key: Tree) -> Tree:
        parts = (part if isinstance(part, str) else self._slot(part, is_text=True, is_key=True) for part in _parts(key))
        return Text(tuple(parts), key.offset)

    def _hole(self, tree: Hole) -> Tree:
        found, value = self._constant(tree.index)
        if found:
            return _LEFT_OUT if value is OMIT else Literal(value, tree.offset)
        is_optional = mentions_omit(self.skeleton.holes[tree.index].node)
        return Hole(self._slot(tree.index, is_text=False), tree.offset, is_optional)

    def _text(self, tree: Text, *, is_key: bool = False) -> Tree:
        parts: list[str | int] = []
        for part in tree.parts:
            found, value = (True, part) if isinstance(part, str) else self._constant(part)
            if found and isinstance(value, str | int | float):
                parts.append(text(value))
            elif isinstance(part, int):
                parts.append(self._slot(part, is_text=True, is_key=is_key))
        if all(isinstance(part, str) for part in parts):
            return Literal("".join(map(str, parts)), tree.offset)
        return Text(tuple(parts), tree.offset)

    def _constant(self, index: int) -> tuple[bool, Any]:
        """Give the value of a hole that is the same for every variant, if it is and YAML can carry it."""
        node = self.skeleton.holes[index].node
        if node is None or not is_constant(node):
            return False, None
        try:
            value = hole_function(self.expressions, node)({})
            emit(None if value is OMIT else value)
        except (TemplateError, UnwritableError):
            return False, None  # refused at its line when it is filled in
        return True, value

    def _slot(self, index: int, *, is_text: bool, is_key: bool = False) -> int:
        piece = self.skeleton.holes[index]
        assert piece.node is not None  # noqa: S101 - only holes are numbered
        slot = self.slots.setdefault(piece.node, len(self.slots))
        self.fills.append(Fill(piece, slot, is_text, is_key))
        return slot


def _parts(key: Tree) -> tuple[str | int, ...]:
    if isinstance(key, Hole):
        return (key.index,)
    return key.parts if isinstance(key, Text) else ()
