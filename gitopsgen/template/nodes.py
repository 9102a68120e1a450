"""Lazy expressions as data: a tuple of an operation and its operands, so that equal expressions are equal values.

Knows nothing of how they are evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

Node = tuple[Any, ...]
Parsed = tuple[Any, ...]  # a template, or a part of one, as Jinja parsed it
Context = Mapping[str, Any]
Function = Callable[[Context], Any]

WITHOUT_ELSE: Final = ("undefined", "the inline 'if' has no 'else' and its condition does not hold")
# Text filters that keep the lines of what they take.
_LINE_KEEPING: Final = frozenset({"capitalize", "d", "default", "indent", "lower", "replace", "title", "trim", "upper"})


def constant(value: Any, *place: str | int) -> Node:
    """Give the node of a literal and of its place (template, line).

    Its type is part of it, because 1, 1.0 and True are equal in Python.
    """
    return ("const", type(value).__name__, value, *place)


def reference(*path: str | int) -> Node:
    """Give the node of a value by its path in the context."""
    return ("ref", tuple(path))


def item(node: Node, index: int) -> Node:
    """Give the node of one item of a list."""
    if node[0] == "ref":
        return ("ref", (*node[1], index))
    if node[0] == "list" and -len(node[1]) <= index < len(node[1]):
        part: Node = node[1][index]
        return part
    return ("item", node, index)


def attribute(node: Node, key: Node) -> Node:
    """Give the node of an attribute or item by a key that may itself be computed."""
    if key[0] == "const" and node[0] == "ref" and isinstance(key[2], str | int) and not isinstance(key[2], bool):
        return ("ref", (*node[1], key[2]))
    return ("get", node, key)


def concat(parts: tuple[Node, ...], *, has_lines: bool = False) -> Node:
    """Give the node of joined text; `has_lines` marks the text of several lines of a template."""
    return ("concat", parts, "lines") if has_lines else ("concat", parts)


def chosen_by(node: Node, asked: Iterable[Node]) -> Node:
    """Give a value that remembers what chose it: as a condition that always holds, whose test asks the same."""
    distinct = tuple(dict.fromkeys(asked))
    return ("condition", ("list", distinct), node, WITHOUT_ELSE) if distinct and node[0] != "undefined" else node


def gives_lines(node: Node) -> bool:
    """Tell whether an expression may give several lines that a template wrote out."""
    if node[0] == "concat":
        return len(node) > 2  # noqa: PLR2004 - the mark of `concat`
    if node[0] == "filter" and node[1] in _LINE_KEEPING:
        return any(gives_lines(one) for one in (node[2], *node[3]))
    return node[0] in {"condition", "and", "or"} and any(gives_lines(one) for one in node[1:])


def dotted(path: tuple[Any, ...]) -> str:
    """Give a path as people write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
