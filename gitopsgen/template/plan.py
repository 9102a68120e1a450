"""A document tree to what one variant costs: constant text with slots, and a builder of its data.

Both are prepared once for a skeleton; text and data of a variant are then a join and a few copies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from gitopsgen.emit import after_key, block, entry, item, key_text, ordered, string
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.operators import OMIT, text
from gitopsgen.template.skeleton import Hole, Literal, Table, Text, Tree
from gitopsgen.template.skeleton import Sequence as ListTree

Values = Sequence[Any]
Slot = Callable[[Values], str]
Builder = Callable[[Values], Any]
_KEEP: Final = object()


def interpolate(tree: Text) -> Callable[[Values], str]:
    """Give the function that joins text with the texts of its holes."""
    parts = tree.parts

    def join(values: Values) -> str:
        return "".join(part if isinstance(part, str) else text(values[part]) for part in parts)

    return join


def builder(tree: Tree) -> Builder:
    """Give the function that makes a document's plain data from the values of its holes."""
    if isinstance(tree, Literal):
        value = tree.value
        return lambda _values: value
    if isinstance(tree, Hole):
        index = tree.index
        return lambda values: values[index]
    if isinstance(tree, Text):
        return interpolate(tree)
    return _table_builder(tree) if isinstance(tree, Table) else _list_builder(tree)


def is_constant(tree: Tree) -> bool:
    """Tell whether a tree holds no hole."""
    if isinstance(tree, Table):
        return all(is_constant(key) and is_constant(value) for key, value in tree.entries)
    if isinstance(tree, ListTree):
        return all(is_constant(one) for one in tree.items)
    return isinstance(tree, Literal)


def _table_builder(tree: Table) -> Builder:
    if _has_open_keys(tree):
        return _open_table_builder(tree)
    parts = [(key.value, builder(value)) for key, value in tree.entries if isinstance(key, Literal)]
    if is_constant(tree):
        ready = {key: build(()) for key, build in parts}
        return lambda _values: ready
    fixed = {
        key.value: builder(value)(()) if is_constant(value) else _KEEP
        for key, value in tree.entries
        if isinstance(key, Literal)
    }
    moving = [(key, build) for key, build in parts if fixed[key] is _KEEP]

    def build(values: Values) -> dict[str, Any]:
        made = fixed.copy()
        for key, part in moving:
            value = part(values)
            if value is OMIT:
                del made[key]
            else:
                made[key] = value
        return made

    return build


def _open_table_builder(tree: Table) -> Builder:
    parts = [(builder(key), builder(value)) for key, value in tree.entries]

    def build(values: Values) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_of, value_of in parts:
            value = value_of(values)
            if value is OMIT:
                continue
            key = text(key_of(values))
            if key in made:
                raise TemplateError("duplicate-key", f"found the key '{key}' twice in one mapping")
            made[key] = value
        return made

    return build


def _list_builder(tree: ListTree) -> Builder:
    parts = [builder(one) for one in tree.items]
    if is_constant(tree):
        ready = [part(()) for part in parts]
        return lambda _values: ready

    def build(values: Values) -> list[Any]:
        return [value for value in (part(values) for part in parts) if value is not OMIT]

    return build


def _has_open_keys(tree: Table) -> bool:
    return any(not isinstance(key, Literal) for key, _ in tree.entries)


def _is_static(tree: Tree) -> bool:
    """Tell whether a container is written with its shape known: fixed keys, and never empty."""
    if isinstance(tree, Table):
        return not _has_open_keys(tree) and any(not isinstance(value, Hole) for _, value in tree.entries)
    return isinstance(tree, ListTree) and any(not isinstance(one, Hole) for one in tree.items)


def _starts_fixed(tree: Tree) -> bool:
    """Tell whether the first line of a container is always there, so that `- ` can stand before it."""
    if isinstance(tree, Table):
        return _is_static(tree) and not isinstance(tree.entries[0][1], Hole)
    if isinstance(tree, ListTree):
        return _is_static(tree) and (isinstance(tree.items[0], Literal | Text) or _starts_fixed(tree.items[0]))
    return False


class Writer:
    """Collects the constant text and the slots of one document."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self.segments: list[str | Slot] = []

    def document(self, tree: Tree, header: str) -> list[str | Slot]:
        """Give header and document as constants and slots, neighbouring constants joined."""
        self.segments.append(header)
        if _is_static(tree):
            self.block(tree, 0)
        else:
            build = builder(tree)
            self.segments.append(lambda values: block(ordered(build(values)), 0))
        return _joined(self.segments)

    def block(self, tree: Tree, indent: int) -> None:
        """Write a container whose shape is known."""
        if isinstance(tree, Table):
            for key, value in tree.entries:
                if isinstance(key, Literal):
                    self.entry(key.value, value, indent)
        elif isinstance(tree, ListTree):
            for one in tree.items:
                self.item(one, indent)

    def entry(self, key: str, value: Tree, indent: int) -> None:
        """Write one entry of a mapping."""
        head = f"{' ' * indent}{key_text(key)}:"
        if isinstance(value, Literal):
            self.segments.append(entry(key, value.value, indent))
        elif isinstance(value, Hole):
            self.segments.append(_hole_slot(value.index, head, lambda one: after_key(one, indent)))
        elif isinstance(value, Text):
            join = interpolate(value)
            self.segments += [head, lambda values: f" {string(join(values), indent)}\n"]
        elif _is_static(value):
            self.segments.append(head + "\n")
            self.block(value, indent + 2)
        else:
            build = builder(value)
            self.segments += [head, lambda values: after_key(build(values), indent)]

    def item(self, value: Tree, indent: int) -> None:
        """Write one item of a list."""
        if isinstance(value, Literal):
            self.segments.append(item(value.value, indent))
        elif isinstance(value, Hole):
            self.segments.append(_hole_slot(value.index, "", lambda one: item(one, indent)))
        elif isinstance(value, Text):
            join = interpolate(value)
            self.segments += [" " * indent + "- ", lambda values: f"{string(join(values), indent)}\n"]
        elif _starts_fixed(value):
            inner = Writer()
            inner.block(value, indent + 2)
            first = inner.segments[0]
            if isinstance(first, str):
                inner.segments[0] = " " * indent + "- " + first[indent + 2 :]
            self.segments += inner.segments
        else:
            build = builder(value)
            self.segments.append(lambda values: item(build(values), indent))


def _hole_slot(index: int, head: str, write: Callable[[Any], str]) -> Slot:
    def fill(values: Values) -> str:
        value = values[index]
        return "" if value is OMIT else head + write(value)

    return fill


def _joined(segments: list[str | Slot]) -> list[str | Slot]:
    joined: list[str | Slot] = []
    for segment in segments:
        if isinstance(segment, str) and joined and isinstance(joined[-1], str):
            joined[-1] += segment
        else:
            joined.append(segment)
    return joined
