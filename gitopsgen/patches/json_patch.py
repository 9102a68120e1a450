"""JSON patches: the six operations of RFC 6902 on paths of RFC 6901.

Strict: a path must lead somewhere, and a test must hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from gitopsgen.patches.findings import REFUSED, UNPLACED, Fault, PatchError
from gitopsgen.patches.leaf import plain, same

Pointer = tuple[str, ...]
_INDEX: Final = re.compile(r"0|[1-9][0-9]*")
_BAD_ESCAPE: Final = re.compile(r"~(?![01])")
_END: Final = "-"
_DEEPEST: Final = 64  # steps of a path: deeper objects than any kind has
_MOST_COPIED: Final = 50_000  # values: a list that copies itself doubles with each operation


def apply_operations(data: Any, operations: Sequence[Mapping[str, Any]]) -> tuple[Any, tuple[Fault, ...]]:
    """Give a changed copy of `data`, up to the first operation that cannot be done, and what is wrong with that one."""
    document = _Document(deepcopy(data))
    for index, operation in enumerate(operations):
        try:
            _OPERATIONS[operation["op"]](document, operation)
        except PatchError as error:
            return document.root, (Fault(error.rule, ("jsonPatch", index), error.message, error.hint),)
    return document.root, ()


def parse_pointer(text: str) -> Pointer:
    """Give the steps of a JSON pointer; raises `PatchError` for text that is none."""
    if text and not text.startswith("/"):
        raise PatchError(REFUSED, f"found the path '{text}', expected it to start with '/'")
    if _BAD_ESCAPE.search(text):
        raise PatchError(REFUSED, f"found a lone '~' in the path '{text}'", "write '~0' for '~' and '~1' for '/'")
    steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])
    if len(steps) > _DEEPEST:
        raise PatchError(REFUSED, f"found a path of {len(steps)} steps, expected at most {_DEEPEST}")
    return steps


class _Document:
    """The object that is being changed."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.copied = 0

    def get(self, path: Pointer) -> Any:
        node = self.root
        for depth, step in enumerate(path):
            node = _child(node, step, path[: depth + 1])
        return node

    def add(self, path: Pointer, value: Any) -> None:
        if not path:
            self.root = value
            return
        parent, step = self.get(path[:-1]), path[-1]
        if isinstance(parent, dict):
            parent[step] = value
        elif isinstance(parent, list):
            parent.insert(len(parent) if step == _END else _index(parent, path, last=len(parent)), value)
        else:
            raise _nowhere(path)

    def remove(self, path: Pointer) -> Any:
        if not path:
            raise PatchError(
                REFUSED, "found the removal of the whole object", "use a strategic merge with '$patch: delete'"
            )
        value, parent = self.get(path), self.get(path[:-1])
        if isinstance(parent, dict):
            return parent.pop(path[-1])
        parent.pop(int(path[-1]))
        return value

    def replace(self, path: Pointer, value: Any) -> None:
        self.get(path)
        if not path:
            self.root = value
            return
        parent, step = self.get(path[:-1]), path[-1]
        parent[step if isinstance(parent, dict) else int(step)] = value


def _child(node: Any, step: str, path: Pointer) -> Any:
    if isinstance(node, dict) and step in node:
        return node[step]
    if isinstance(node, list):
        return node[_index(node, path, last=len(node) - 1)]
    raise _nowhere(path)


def _index(items: list[Any], path: Pointer, *, last: int) -> int:
    step = path[-1]
    if step == _END:
        raise PatchError(
            UNPLACED, f"found '-' in the path '{_text(path)}', expected the index of an item that is there"
        )
    if not _INDEX.fullmatch(step):
        raise PatchError(REFUSED, f"found '{step}' in the path '{_text(path)}', expected the index of a list")
    if int(step) > last:
        raise PatchError(UNPLACED, f"found the path '{_text(path)}', but the list has {len(items)} items")
    return int(step)


def _nowhere(path: Pointer) -> PatchError:
    return PatchError(UNPLACED, f"found the path '{_text(path)}', which the object does not have")


def _text(path: Pointer) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)


def _add(document: _Document, operation: Mapping[str, Any]) -> None:
    document.add(_path(operation), deepcopy(operation["value"]))


def _remove(document: _Document, operation: Mapping[str, Any]) -> None:
    document.remove(_path(operation))


def _replace(document: _Document, operation: Mapping[str, Any]) -> None:
    document.replace(_path(operation), deepcopy(operation["value"]))


def _move(document: _Document, operation: Mapping[str, Any]) -> None:
    source, path = _source(operation), _path(operation)
    if path[: len(source)] == source and path != source:
        raise PatchError(REFUSED, f"found a move of '{_text(source)}' into itself")
    document.add(path, document.remove(source))


def _copy(document: _Document, operation: Mapping[str, Any]) -> None:
    value = document.get(_source(operation))
    document.copied += _count(value)
    if document.copied > _MOST_COPIED:
        raise PatchError(REFUSED, f"found copies of more than {_MOST_COPIED} values, expected a patch of one object")
    document.add(_path(operation), deepcopy(value))


def _test(document: _Document, operation: Mapping[str, Any]) -> None:
    path = _path(operation)
    if not same(document.get(path), operation["value"]):
        found = plain(document.get(path))
        shown = "another value" if isinstance(found, dict | list) else f"'{found}'"
        raise PatchError(REFUSED, f"found {shown} at '{_text(path)}', expected the value that the patch tests for")


def _count(value: Any) -> int:
    """Give the weight of a value: one for each value in it, and one for each line's worth of text."""
    value = plain(value)
    if isinstance(value, str):
        return 1 + len(value) // 64
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, below))


def _path(operation: Mapping[str, Any]) -> Pointer:
    return parse_pointer(operation["path"])


def _source(operation: Mapping[str, Any]) -> Pointer:
    return parse_pointer(operation["from"])


_OPERATIONS: Final[Mapping[str, Callable[[_Document, Mapping[str, Any]], None]]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
