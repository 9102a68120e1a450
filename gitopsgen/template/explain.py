"""From a field of a rendered document back to the template line, and to the values that gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gitopsgen.template.engine import Engine
from gitopsgen.template.errors import Spot
from gitopsgen.template.expressions import Context, Expressions
from gitopsgen.template.instance import Instance, output_kind
from gitopsgen.template.nodes import Node
from gitopsgen.template.operators import OMIT, text
from gitopsgen.template.origins import Finder, Path
from gitopsgen.template.skeleton import Hole, Literal, Sequence, Skeleton, Table, Text, Tree


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where one scalar of a rendered document comes from.

    `spots` are the template lines that wrote it; `expressions` the holes in it, as written;
    `paths` the values of the context that it was made of, `keys` the mapping keys; `steering` the values that
    chose the way to it;
    `literals` are the template lines whose own text is part of the value.
    """

    spots: tuple[Spot, ...]
    expressions: tuple[str, ...]
    paths: tuple[Path, ...]
    keys: tuple[Path, ...]
    steering: tuple[Path, ...]
    literals: tuple[Spot, ...]


class _Explorer:
    """Walks down one document."""

    def __init__(self, expressions: Expressions, context: Context, skeleton: Skeleton) -> None:
        self.finder = Finder(expressions, context)
        self.skeleton = skeleton
        self.spots: dict[Spot, None] = {}
        self.literals: dict[Spot, None] = {}
        self.guards: dict[Node, None] = {}

    def value(self, index: int) -> Any:
        node = self.skeleton.holes[index].node
        return None if node is None else self.finder.value(node)

    def key(self, tree: Tree) -> str:
        if isinstance(tree, Literal):
            return str(tree.value)
        if isinstance(tree, Hole):
            return text(self.value(tree.index))
        parts = tree.parts if isinstance(tree, Text) else ()
        return "".join(part if isinstance(part, str) else text(self.value(part)) for part in parts)

    def is_left_out(self, tree: Tree) -> bool:
        return isinstance(tree, Hole) and self.value(tree.index) is OMIT

    def descend(self, tree: Tree, path: Path) -> bool:
        """Follow a path; tell whether it leads somewhere."""
        if isinstance(tree, Hole):
            return self.hole(tree.index, path)
        if not path:
            return self.end(tree)
        if isinstance(tree, Table):
            found = [value for key, value in tree.entries if self.key(key) == path[0]]
            return bool(found) and self.descend(found[-1], path[1:])
        if isinstance(tree, Sequence) and isinstance(path[0], int):
            kept = [one for one in tree.items if not self.is_left_out(one)]
            return path[0] < len(kept) and self.descend(kept[path[0]], path[1:])
        return False

    def hole(self, index: int, path: Path) -> bool:
        piece = self.skeleton.holes[index]
        self.spots[piece.spot] = None
        self.guards |= dict.fromkeys(piece.guards)
        if piece.node is not None:
            self.finder.find(piece.node, path)
        return True

    def end(self, tree: Tree) -> bool:
        spot = self.skeleton.spot(tree.offset)
        self.spots[spot] = None
        self.guards |= dict.fromkeys(self.skeleton.guards(tree.offset))
        if isinstance(tree, Text):
            if any(isinstance(part, str) for part in tree.parts):
                self.literals[spot] = None
            for part in tree.parts:
                if isinstance(part, int):
                    self.hole(part, ())
        elif isinstance(tree, Literal):
            self.literals[spot] = None
        else:
            parts = self.inner(tree)
            if not parts:
                self.literals[spot] = None
            for inner in parts:
                self.descend(inner, ())
        return True

    def inner(self, tree: Tree) -> list[Tree]:
        if isinstance(tree, Table):
            return [value for _, value in tree.entries]
        return list(tree.items) if isinstance(tree, Sequence) else []

    def text(self) -> bool:
        """Take native text as one value: all its holes, and the lines of its own text."""
        offset = 0
        for part in self.skeleton.text.split("\n"):
            if part.strip():
                self.literals[self.skeleton.spot(offset)] = None
                self.guards |= dict.fromkeys(self.skeleton.guards(offset))
            offset += len(part) + 1
        for index in range(len(self.skeleton.holes)):
            self.hole(index, ())
        return True


def explain(engine: Engine, instance: Instance, context: Context, document: int, path: Path) -> FieldSource | None:
    """Give the source of a field of one document, None where the document has no such field.

    Raises `TemplateErrors` where the template no longer renders.
    """
    leaf = engine.leaf(instance, context)
    skeleton, documents = engine.skeleton(instance, leaf, context)
    explorer = _Explorer(engine.expressions, context, skeleton)
    is_text = output_kind(instance.template) == "text"
    if is_text:
        explorer.text()
    elif document >= len(documents) or not explorer.descend(documents[document], path):
        return None
    for guard in explorer.guards:
        explorer.finder.steer(guard)
    found = explorer.finder.found
    expressions = tuple(spot.source for spot in explorer.spots if spot.source)
    literals = dict.fromkeys([*explorer.literals, *(Spot(template, line) for template, line in found.literals)])
    return FieldSource(
        tuple(explorer.spots),
        expressions,
        tuple(found.paths),
        tuple(found.keys),
        tuple(found.steering),
        tuple(literals),
    )


def enclosing(engine: Engine, instance: Instance, context: Context, document: int, path: Path) -> FieldSource | None:
    """Give the source of a field, or of the nearest field around it that is there."""
    while True:
        source = explain(engine, instance, context, document, path)
        if source is not None or not path:
            return source
        path = path[:-1]
