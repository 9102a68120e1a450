"""What the names of a loop, or of several values set at once, mean: members of an expression, by their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.nodes import Node, item
from gitopsgen.template.scope import Meaning

if TYPE_CHECKING:
    from gitopsgen.template.run import Run

# As long as what they take: the way through a loop depends on the length alone.
_LENGTH_KEEPING: Final = frozenset({"dictsort", "items", "keys", "list", "reverse", "sort", "values"})
_OF_MAPPINGS: Final = frozenset({"dictsort", "items", "keys", "values"})


def bindings(run: Run, target: Any, node: Node, weight: int) -> Iterator[dict[str, Meaning]]:
    """Give what a loop's names mean for each item; `weight` is the size of the expression looped over."""
    kind, length = _shape(run, node)
    for index in range(length):
        run.spend(weight)
        yield dict(unpack(run, target, _member(node, kind, index), weight))


def _shape(run: Run, node: Node) -> tuple[str, int]:
    """Observe kind and length of what is looped over, and no more."""
    if node[0] == "list":
        return "list", len(node[1])
    if node[0] != "filter" or node[1] not in _LENGTH_KEEPING:
        found: tuple[str, int] = run.observe("shape", node)
        return found
    kind, length = _shape(run, node[2])
    if node[1] in _OF_MAPPINGS and kind != "mapping":
        raise TemplateError("wrong-operand", f"found '{node[1]}' of a list, expected a mapping")
    return "list", length


def _member(node: Node, kind: str, index: int) -> Node:
    if node[:2] == ("filter", "items"):
        return ("list", (("key at", node[2], index), ("value at", node[2], index)))
    if node[:2] == ("filter", "dictsort"):
        return ("list", (item(item(node, index), 0), item(item(node, index), 1)))
    return ("key at", node, index) if kind == "mapping" else item(node, index)


def unpack(run: Run, target: Any, node: Node, weight: int) -> Iterator[tuple[str, Meaning]]:
    """Bind one name, or several to the items of a list."""
    if isinstance(target, str):
        yield target, node
        return
    run.spend(weight)
    found = ("list", len(node[1])) if node[0] == "list" else run.observe("shape", node)
    if found != ("list", len(target)):
        raise TemplateError("wrong-operand", f"found {found[1]} values to unpack, expected {len(target)}")
    for index, name in enumerate(target):
        yield from unpack(run, name, item(node, index), weight)
