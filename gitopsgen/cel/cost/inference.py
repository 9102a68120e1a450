"""The type of each part of an expression, and which variants of functions it calls.

https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from gitopsgen.cel.cost.shapes import ANY, BOOL, DOUBLE, FREE, INT, TEXT, Shape, joined, of
from gitopsgen.cel.cost.signatures import fitting
from gitopsgen.cel.tree import Call, Constant, Entries, Items, Loop, Name, Node, Select

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONSTANTS: Final = {
    "bool": BOOL, "bytes": of("bytes"), "double": DOUBLE, "int": INT, "null": of("null"), "string": TEXT,
    "uint": of("uint"),
}  # fmt: skip
_TYPES: Final = frozenset({*_CONSTANTS, "dyn", "list", "map", "null_type", "type"} - {"null"})
_MEMBERED: Final = frozenset({"dyn", "free"})


class UnknownTypeError(Exception):
    """An expression with a part whose type is not known here, or that has none."""


class Inference:
    """The types of the parts of an expression, by the types of its variables."""

    def __init__(self, tree: Node, variables: Mapping[str, Shape]) -> None:
        """Find all of them; raises `UnknownTypeError`."""
        self.types: dict[Node, Shape] = {}
        self.variants: dict[Node, tuple[str, ...]] = {}
        self._scope = {name: [shape] for name, shape in variables.items()}
        self._type(tree)

    def _type(self, node: Node) -> Shape:
        match node:
            case Constant():
                found = _CONSTANTS[node.sort]
            case Name():
                found = self._name(node.name)
            case Select():
                found = self._select(node)
            case Call():
                found = self._call(node)
            case Items():
                found = of("list", self._common(node.items))
            case Entries():
                found = of("map", self._common(node.items[::2]), self._common(node.items[1::2]))
            case Loop():
                found = self._loop(node)
        self.types[node] = found
        return found

    def _name(self, name: str) -> Shape:
        if self._scope.get(name):
            return self._scope[name][-1]
        if name in _TYPES:
            return of("type", of(name))
        raise UnknownTypeError(name)

    def _common(self, nodes: tuple[Node, ...]) -> Shape:
        found = FREE
        for node in nodes:
            found = joined(found, self._type(node))
        return found

    def _select(self, node: Select) -> Shape:
        found = self._field(self._type(node.operand), node.field)
        return BOOL if node.is_test else found

    def _field(self, shape: Shape, name: str) -> Shape:
        if shape.sort == "optional":
            return of("optional", self._field(shape.inner[0], name))
        if shape.sort == "map":
            return shape.inner[1]
        if shape.sort == "object" and name in shape.fields:
            return shape.fields[name]
        if shape.sort in _MEMBERED:
            return ANY
        raise UnknownTypeError(name)

    def _call(self, node: Call) -> Shape:
        given = [self._type(one) for one in ((node.target,) if node.target else ()) + node.arguments]
        if node.function == "_?._" and isinstance(node.arguments[1], Constant):
            self.variants[node] = ("",)
            found = self._field(given[0], str(node.arguments[1].value))
            return found if found.sort == "optional" and given[0].sort == "optional" else of("optional", found)
        variants, result = fitting(node.function, given, is_method=node.target is not None)
        if result is None:
            raise UnknownTypeError(node.function)
        self.variants[node] = variants
        return result

    def _loop(self, node: Loop) -> Shape:
        over, first = self._type(node.over), self._type(node.first)
        members = _members(over, len(node.variables))
        with self._bound({**dict(zip(node.variables, members, strict=True)), node.accumulated: first}):
            self._type(node.condition)
            step = self._type(node.step)
        with self._bound({node.accumulated: joined(first, step)}):
            return self._type(node.result)

    @contextmanager
    def _bound(self, variables: Mapping[str, Shape]) -> Iterator[None]:
        for name, shape in variables.items():
            self._scope.setdefault(name, []).append(shape)
        yield
        for name in variables:
            self._scope[name].pop()


def _members(shape: Shape, count: int) -> tuple[Shape, ...]:
    if shape.sort == "list":
        return (INT, shape.inner[0])[-count:]
    if shape.sort == "map":
        return shape.inner[:count]
    if shape.sort in _MEMBERED:
        return (ANY,) * count
    raise UnknownTypeError(shape.sort)
