"""Marked text: literal text of templates and the holes in it, before anything is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gitopsgen.template.errors import Spot
from gitopsgen.template.filters import indentation
from gitopsgen.template.nodes import Node, concat, constant


class Piece(NamedTuple):
    """A run of literal text (`node` is None), or a hole; `spot` is where it stands in its template.

    `line` counts from the start of the text in the template: text that was cut keeps its true line.
    `guards` are the conditions and loops around it, by what they asked.
    """

    text: str
    node: Node | None
    spot: Spot
    guards: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Captured:
    """What a macro, a `set` block or a `call` block gave: marked text that keeps its holes."""

    pieces: tuple[Piece, ...]
    is_indented: bool = False

    def node(self) -> Node:
        """Give the final string as a lazy expression, for whatever asks for more than to print it."""
        parts = tuple(piece.node or constant(piece.text, piece.spot.template, piece.spot.line) for piece in self.pieces)
        return concat(parts, has_lines=self.has_lines)

    def guards(self) -> Iterator[Node]:
        """Give what chose parts of the text."""
        for piece in self.pieces:
            yield from piece.guards

    @property
    def has_lines(self) -> bool:
        """Whether a line ends before the end of the text."""
        text = "".join(piece.text if piece.node is None else "x" for piece in self.pieces)
        return "\n" in text.rstrip("\n")


def is_midline(pieces: Sequence[Piece]) -> bool:
    """Tell whether something already stands on the last line."""
    for piece in reversed(pieces):
        if piece.node is not None:
            return True
        if piece.text:
            return not piece.text.endswith("\n")
    return False


def indent(captured: Captured, width: int | str, *, first: bool, blank: bool) -> Captured:
    """Indent the lines of marked text as the filter does the lines of a string."""
    margin = indentation(width)
    pieces = tuple(_indented(captured.pieces, margin, blank=blank))
    if first:
        spot = pieces[0].spot if pieces else Spot("", 1)
        pieces = (Piece(margin, None, spot), *pieces)
    return Captured(pieces, is_indented=True)


def _indented(pieces: tuple[Piece, ...], margin: str, *, blank: bool) -> Iterator[Piece]:
    is_due = False  # whether the margin of a line is still to come: it does not, where the line stays empty
    for piece in pieces:
        if piece.node is not None:
            if is_due:
                yield Piece(margin, None, piece.spot, piece.guards)
            is_due = False
            yield piece
            continue
        parts = list[str]()
        for number, line in enumerate(piece.text.split("\n")):
            if number:
                parts.append("\n")
                is_due = True
            if is_due and (line or blank):
                parts.append(margin)
                is_due = False
            parts.append(line)
        yield piece._replace(text="".join(parts))


def trim(captured: Captured) -> Captured:
    """Take white space off both ends of marked text."""
    pieces = list(captured.pieces)
    while pieces and pieces[0].node is None and not pieces[0].text.strip():
        pieces.pop(0)
    while pieces and pieces[-1].node is None and not pieces[-1].text.strip():
        pieces.pop()
    if pieces and pieces[0].node is None:
        pieces[0] = _without_start(pieces[0])
    if pieces and pieces[-1].node is None:
        pieces[-1] = pieces[-1]._replace(text=pieces[-1].text.rstrip())
    return Captured(tuple(pieces), captured.is_indented)


def _without_start(piece: Piece) -> Piece:
    kept = piece.text.lstrip()
    skipped = piece.text[: len(piece.text) - len(kept)].count("\n")
    spot = Spot(piece.spot.template, piece.spot.line + skipped, piece.spot.source)
    return Piece(kept, None, spot, piece.guards)
