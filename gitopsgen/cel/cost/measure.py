"""How large the values are that an expression looks at, by the schema that they have."""

from __future__ import annotations

from dataclasses import dataclass

from gitopsgen.cel.cost.shapes import Shape
from gitopsgen.cel.cost.sizes import UNKNOWN, Size, Steps
from gitopsgen.cel.tree import Constant, Entries, Items, Node


@dataclass(frozen=True, slots=True)
class Operand:
    """A value that a function is given: its part of the tree, its type, the way to it, and its size if it is known."""

    node: Node
    shape: Shape
    steps: Steps | None
    size: Size | None


class Measure:
    """Sizes of what stands below one place of a schema; `endless` are the parts without a bound that were asked for."""

    def __init__(self, root: Shape, bounded: frozenset[Shape] = frozenset()) -> None:
        """Take the place that `self` stands for, and parts that are held for as small as can be."""
        self._root = root
        self._bounded = bounded
        self.endless: dict[Shape, None] = {}

    def at(self, steps: Steps | None) -> Size | None:
        """Give the size of what a way leads to, None where it leads nowhere.

        What begins at another name than `self` is looked for below it all the same, as servers do.
        """
        names = steps.names() if steps is not None else ()
        if not names:
            return None
        shape = self._root
        for name in names[1:]:
            member = _member(shape, name)
            if member is None:
                return None
            shape = member
        if shape.bound:
            self.endless[shape] = None
        return Size(0, min(shape.most, 1) if shape in self._bounded else shape.most)

    def of(self, operand: Operand) -> Size:
        """Give the size of a value that a function is given."""
        return operand.size or self.at(operand.steps) or UNKNOWN

    def item(self, operand: Operand) -> Operand | None:
        """Give what stands in a list, None where the value has nothing in it."""
        if not operand.shape.inner:
            return None
        steps = operand.steps and operand.steps.apart("@items")
        return Operand(operand.node, operand.shape.inner[0], steps, None)


def written(node: Node) -> Size | None:
    """Give the size of what is written out in an expression, None of all else."""
    match node:
        case Constant(sort="string" | "bytes"):
            count = len(node.value)
        case Constant():
            count = 1
        case Items():
            count = len(node.items)
        case Entries():
            count = len(node.items) // 2
        case _:
            return None
    return Size(count, count)


def _member(shape: Shape, name: str) -> Shape | None:
    if name in {"@items", "@values"}:
        return shape.inner[-1] if shape.inner else None
    if name == "@keys":
        return shape.inner[0] if shape.sort == "map" else None
    return shape.fields.get(name)


def whole_number(node: Node, otherwise: int) -> int:
    """Give the number that an argument is, `otherwise` where it is not written out."""
    return max(0, node.value) if isinstance(node, Constant) and node.sort == "int" else otherwise
