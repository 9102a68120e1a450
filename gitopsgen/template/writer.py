"""A document tree to its text: constants and slots, made once for a skeleton; a variant's text is then a join."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gitopsgen.emit import after_key, block, entry, item, key_text, ordered, string
from gitopsgen.template.operators import OMIT
from gitopsgen.template.plan import Values, builder, check_keys, has_open_keys
from gitopsgen.template.slots import HoleSlot, Slot, TextSlot
from gitopsgen.template.trees import Hole, Literal, Sequence, Table, Text, Tree, may_vanish

_REMEMBERED: Final = 8
_SCALAR: Final = Literal | Text | Hole


def _is_static(tree: Tree) -> bool:
    """Tell whether a container is written with its shape known: it is never empty."""
    if isinstance(tree, Table):
        return any(not may_vanish(value) for _, value in tree.entries)
    return isinstance(tree, Sequence) and any(not may_vanish(one) for one in tree.items)


def _starts_fixed(tree: Tree) -> bool:
    """Tell whether the first line of a container is always there, so that `- ` can stand before it."""
    if isinstance(tree, Table):
        first_key, first = tree.entries[0] if tree.entries else (tree, tree)
        return _is_static(tree) and isinstance(first_key, Literal) and not may_vanish(first)
    if isinstance(tree, Sequence):
        first = tree.items[0] if tree.items else tree
        return _is_static(tree) and (not may_vanish(first) if isinstance(first, _SCALAR) else _starts_fixed(first))
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
            check = _checks(tree)
            build = builder(tree)
            self.segments.append(lambda values: check(values) + block(ordered(build(values)), 0))
        return _joined(self.segments)

    def block(self, tree: Tree, indent: int) -> None:
        """Write a container whose shape is known."""
        if isinstance(tree, Table):
            for key, value in tree.entries:
                self.entry(key, value, indent)
            if has_open_keys(tree):
                self.segments.append(_checking(check_keys(tree)))
        elif isinstance(tree, Sequence):
            for one in tree.items:
                self.item(one, indent)

    def entry(self, key: Tree, value: Tree, indent: int) -> None:
        """Write one entry of a mapping."""
        if not isinstance(key, Literal):
            self._open_entry(key, value, indent)
            return
        head = f"{' ' * indent}{key_text(key.value)}:"
        if isinstance(value, Literal):
            self.segments.append(entry(key.value, value.value, indent))
        elif isinstance(value, Hole):
            self._hole(value, head, indent)
        elif isinstance(value, Text):
            self.segments += [f"{head} ", TextSlot(value.parts, indent)]
        elif _is_static(value):
            self.segments.append(head + "\n")
            self.block(value, indent + 2)
        else:
            build, check = builder(value), _checks(value)
            self.segments += [head, lambda values: check(values) + after_key(build(values), indent)]

    def _hole(self, value: Hole, head: str, indent: int) -> None:
        """Write what one hole gives behind a key; where it may be left out, the key goes with it."""
        if value.is_optional:
            self.segments.append(HoleSlot(value.index, indent, head))
        else:
            self.segments += [head, HoleSlot(value.index, indent)]

    def _open_entry(self, key: Tree, value: Tree, indent: int) -> None:
        """Write an entry whose key has holes: a slot of its own, which keeps what it wrote for a key and a string."""
        margin, name_of, build, check = " " * indent, builder(key), builder(value), _checks(value)
        kept: dict[tuple[str, str], str] = {}

        def fill(values: Values) -> str:
            check(values)
            found = build(values)
            if found is OMIT:
                return ""
            name = name_of(values)
            if found.__class__ is not str:
                return f"{margin}{key_text(name)}:{after_key(found, indent)}"
            text = kept.get((name, found))
            if text is None:
                text = f"{margin}{key_text(name)}: {string(found, indent)}\n"
                if len(kept) < _REMEMBERED:
                    kept[name, found] = text
            return text

        self.segments.append(fill)

    def item(self, value: Tree, indent: int) -> None:
        """Write one item of a list."""
        if isinstance(value, Literal):
            self.segments.append(item(value.value, indent))
        elif isinstance(value, Hole):
            self.segments.append(HoleSlot(value.index, indent, is_item=True))
        elif isinstance(value, Text):
            self.segments += [" " * indent + "- ", TextSlot(value.parts, indent)]
        elif _starts_fixed(value):
            inner = Writer()
            inner.block(value, indent + 2)
            self.segments += _as_item(inner.segments, indent)
        else:
            build, check = builder(value), _checks(value)
            self.segments.append(lambda values: check(values) + item(build(values), indent))


def _as_item(segments: list[str | Slot], indent: int) -> list[str | Slot]:
    """Put `- ` into the margin of the first line."""
    first = segments[0]
    mark = " " * indent + "- "
    if isinstance(first, str):
        return [mark + first[indent + 2 :], *segments[1:]]
    return [lambda values: mark + first(values)[indent + 2 :], *segments[1:]]


def _checks(tree: Tree) -> Slot:
    """Give the slot that writes nothing, but refuses equal keys anywhere in a tree that is built as a whole."""
    tables = list(_open_tables(tree))
    checks = [check_keys(table) for table in tables]

    def run(values: Values) -> str:
        for check in checks:
            check(values)
        return ""

    return run


def _open_tables(tree: Tree) -> list[Table]:
    if isinstance(tree, Table):
        found = [tree] if has_open_keys(tree) else []
        return found + [one for _, value in tree.entries for one in _open_tables(value)]
    return [one for part in tree.items for one in _open_tables(part)] if isinstance(tree, Sequence) else []


def _checking(check: Callable[[Values], None]) -> Slot:
    def run(values: Values) -> str:
        check(values)
        return ""

    return run


def _joined(segments: list[str | Slot]) -> list[str | Slot]:
    joined: list[str | Slot] = []
    for segment in segments:
        if isinstance(segment, str) and joined and isinstance(joined[-1], str):
            joined[-1] += segment
        else:
            joined.append(segment)
    return joined
