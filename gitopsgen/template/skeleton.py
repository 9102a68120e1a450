"""The marked text of one run, with a marker for each hole, and the way back from it to the templates.

A marker is a number between two private-use characters; values are never seen here.
"""

from __future__ import annotations

import bisect

from gitopsgen.emit import METADATA_KEYS, TOP_KEYS
from gitopsgen.template.captured import Piece
from gitopsgen.template.errors import Spot, TemplateError
from gitopsgen.template.nodes import Node, gives_lines
from gitopsgen.template.reading import Reader, parts_of
from gitopsgen.template.trees import Hole, Literal, Sequence, Table, Text, Tree, name_of

__all__ = ["Hole", "Literal", "Sequence", "Skeleton", "Table", "Text", "Tree"]


class Skeleton:
    """The marked text of one run: its text with markers, its holes, and where each character comes from."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        """Take the pieces of a run; holes are numbered as they stand."""
        self.holes = [piece for piece in pieces if piece.node is not None]
        numbers = iter(range(len(self.holes)))
        texts = [piece.text if piece.node is None else f"\ue000{next(numbers)}\ue001" for piece in pieces]
        self.text = "".join(texts)
        self._pieces = pieces
        self._starts = [0]
        for text in texts:
            self._starts.append(self._starts[-1] + len(text))

    def _place(self, offset: int) -> int:
        place = bisect.bisect_right(self._starts, offset) - 1
        return max(min(place, len(self._pieces) - 1), 0)

    def guards(self, offset: int) -> tuple[Node, ...]:
        """Give what the conditions and loops around the character at `offset` asked."""
        return self._pieces[self._place(offset)].guards if self._pieces else ()

    def spot(self, offset: int) -> Spot:
        """Give the place in a template that wrote the character at `offset`."""
        if not self._pieces:
            return Spot("", 1)
        place = self._place(offset)
        piece = self._pieces[place]
        lines = piece.text[: offset - self._starts[place]].count("\n") if piece.node is None else 0
        return Spot(piece.spot.template, piece.spot.line + lines, piece.spot.source)

    def parts(self) -> tuple[str | int, ...]:
        """Give the whole text as text with holes, for native files."""
        return parts_of(self.text)

    def documents(self) -> list[Tree]:
        """Give the trees of all documents that hold something.

        Raises `TemplateErrors` at the template lines that break YAML or use what is not allowed in it.
        """
        return [_ordered(tree) for tree in Reader(self.text, self.spot, self._check_hole).read()]

    def _check_hole(self, index: int) -> None:
        piece = self.holes[index]
        if piece.node is not None and gives_lines(piece.node):
            message = "found several lines of a template's text, given through a filter or a condition, as one value"
            hint = "print them by themselves with '| indent(N)', or add '| string' if one string is meant"
            raise TemplateError("unindented-lines", message, piece.spot, hint)


def _ordered(tree: Tree) -> Tree:
    """Bring the keys of a Kubernetes object, and of its metadata, into the customary order."""
    if not isinstance(tree, Table) or "kind" not in {name_of(key) for key, _ in tree.entries}:
        return tree
    entries = [
        (key, _sorted_table(value, METADATA_KEYS) if name_of(key) == "metadata" else value)
        for key, value in tree.entries
    ]
    return _sorted_table(Table(tuple(entries), tree.offset), TOP_KEYS)


def _sorted_table(tree: Tree, first: tuple[str, ...]) -> Tree:
    if not isinstance(tree, Table):
        return tree
    rank = {name: place for place, name in enumerate(first)}
    entries = sorted(tree.entries, key=lambda entry: rank.get(name_of(entry[0]), len(rank)))
    return Table(tuple(entries), tree.offset)
