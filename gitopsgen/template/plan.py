"""A document tree to a builder of its data, made once for a skeleton: a variant's data is then a few copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.operators import OMIT, text
from gitopsgen.template.trees import Hole, Literal, Table, Text, Tree, may_vanish, name_of
from gitopsgen.template.trees import Sequence as ListTree

Values = Sequence[Any]
Builder = Callable[[Values], Any]
Identity = Callable[[Values], tuple[Any, Any, Any]]
_KEEP: Final = object()


def interpolate(tree: Text) -> Callable[[Values], str]:
    """Give the function that joins text with the texts of its holes."""
    parts = tree.parts
    if len(parts) == 1 and isinstance(parts[0], int):
        index = parts[0]
        return lambda values: text(values[index])

    def join(values: Values) -> str:
        return "".join([part if part.__class__ is str else text(values[part]) for part in parts])  # type: ignore[index]

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


def has_open_keys(tree: Table) -> bool:
    """Tell whether a key of a mapping has a hole in it."""
    return any(not isinstance(key, Literal) for key, _ in tree.entries)


def identity(tree: Tree) -> Identity | None:
    """Give the function that finds kind, name and namespace of an object, None where only its whole data tells."""
    if not isinstance(tree, Table) or has_open_keys(tree):
        return None
    top = {name_of(key): value for key, value in tree.entries}
    metadata = top.get("metadata")
    if not isinstance(metadata, Table) or has_open_keys(metadata):
        return None
    inner = {name_of(key): value for key, value in metadata.entries}
    nothing = Literal("", -1)
    kind, name, namespace = (
        builder(one) for one in (top.get("kind", nothing), inner.get("name", nothing), inner.get("namespace", nothing))
    )
    return lambda values: (kind(values), name(values), namespace(values))


def slots_at(tree: Tree, *paths: tuple[str, ...]) -> frozenset[int]:
    """Give the holes that fill some fields of a document, or decide whether they are there."""
    return frozenset(slot for path in paths for slot in _slots_at(tree, path))


def _slots_at(tree: Tree, path: tuple[str, ...]) -> Iterator[int]:
    if not path or not isinstance(tree, Table) or has_open_keys(tree):
        yield from _slots(tree)
        return
    for key, value in tree.entries:
        if name_of(key) == path[0]:
            yield from _slots_at(value, path[1:])


def _slots(tree: Tree) -> Iterator[int]:
    if isinstance(tree, Hole):
        yield tree.index
    elif isinstance(tree, Text):
        yield from (part for part in tree.parts if isinstance(part, int))
    elif isinstance(tree, Table):
        yield from (slot for entry in tree.entries for part in entry for slot in _slots(part))
    elif isinstance(tree, ListTree):
        yield from (slot for one in tree.items for slot in _slots(one))


def _table_builder(tree: Table) -> Builder:
    if has_open_keys(tree):
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
            if value is not OMIT:
                made[key_of(values)] = value
        return made

    return build


def _list_builder(tree: ListTree) -> Builder:
    parts = [builder(one) for one in tree.items]
    if is_constant(tree):
        ready = [part(()) for part in parts]
        return lambda _values: ready
    if not any(may_vanish(one) for one in tree.items):
        return lambda values: [part(values) for part in parts]

    def build(values: Values) -> list[Any]:
        return [value for value in [part(values) for part in parts] if value is not OMIT]

    return build


def check_keys(tree: Table) -> Callable[[Values], None]:
    """Give the function that refuses a mapping in which a key with holes is the same as another key."""
    keys = [(builder(key), key, value.index if isinstance(value, Hole) else None) for key, value in tree.entries]

    def check(values: Values) -> None:
        found: set[str] = set()
        for name_of_key, key, value in keys:
            if value is not None and values[value] is OMIT:
                continue
            name = name_of_key(values)
            if name in found:
                error = TemplateError("duplicate-key", f"found the key '{name}' twice in one mapping")
                error.slot = _first_slot(key) if isinstance(key, Text) else _last_open(tree, name, values)
                raise error
            found.add(name)

    return check


def _first_slot(key: Text) -> int | None:
    return next((part for part in key.parts if isinstance(part, int)), None)


def _last_open(tree: Table, name: str, values: Values) -> int | None:
    """Give the key with holes that came to be the same as one that the template writes out."""
    found = [key for key, _ in tree.entries if isinstance(key, Text) and interpolate(key)(values) == name]
    return _first_slot(found[-1]) if found else None
