"""Lazy expressions as functions of a variant's context, each made once and shared by all templates.

Knows nothing of statements, text or YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from gitopsgen.template.functions import FUNCTIONS
from gitopsgen.template.meter import Meter
from gitopsgen.template.nodes import Context, Function, Node, attribute, concat, constant, dotted, item, reference
from gitopsgen.template.operations import OPERATIONS
from gitopsgen.template.operators import Undefined, lookup

__all__ = ["Context", "Expressions", "Function", "Node", "attribute", "concat", "constant", "item", "reference"]


class Expressions:
    """Functions of nodes, each made once; `meter` counts what they compute."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self.meter = Meter()
        self._functions: dict[Node, Function] = {}

    def function(self, node: Node) -> Function:
        """Give the function that evaluates a node in a context."""
        known = self._functions.get(node)
        if known is None:
            known = self._functions[node] = _MAKERS[node[0]](self, node)
        return known

    def many(self, nodes: tuple[Node, ...]) -> list[Function]:
        """Give the functions of several nodes."""
        return [self.function(node) for node in nodes]


def _const(_: Expressions, node: Node) -> Function:
    value = node[2]
    return lambda _context: value


def _undefined(_: Expressions, node: Node) -> Function:
    missing = Undefined(node[1])
    return lambda _context: missing


def _step_by_step(path: tuple[Any, ...]) -> Function:
    """Go down a path where a step leads nowhere, or into a string."""
    places = [path[: depth + 1] for depth in range(len(path))]

    def get(context: Context) -> Any:
        value: Any = context
        for place in places:
            step = place[-1]
            if value.__class__ is dict and step.__class__ is str and step in value:
                value = value[step]
            else:
                value = lookup(value, step, partial(dotted, place), place)
        return value

    return get


def _ref(_: Expressions, node: Node) -> Function:
    path: tuple[Any, ...] = node[1]
    slowly = _step_by_step(path)
    if all(isinstance(step, str) for step in path):
        return _by_names(path, slowly)

    def get(context: Context) -> Any:
        value: Any = context
        try:
            for step in path:
                if value.__class__ is str:
                    return slowly(context)
                value = value[step]
        except (KeyError, IndexError, TypeError):
            return slowly(context)
        return value

    return get


def _by_names(path: tuple[str, ...], slowly: Function) -> Function:
    """Follow names alone: no string or list can be indexed by one, so nothing need be looked at on the way."""
    if len(path) == 2:  # noqa: PLR2004 - half of all references
        return _by_two_names(*path, slowly)

    def get(context: Context) -> Any:
        value: Any = context
        try:
            for step in path:
                value = value[step]
        except (KeyError, TypeError):
            return slowly(context)
        return value

    return get


def _by_two_names(first: str, second: str, slowly: Function) -> Function:
    def get(context: Context) -> Any:
        try:
            return context[first][second]
        except (KeyError, TypeError):
            return slowly(context)

    return get


_MAKERS: Final[Mapping[str, Callable[[Expressions, Node], Function]]] = {
    "const": _const,
    "undefined": _undefined,
    "ref": _ref,
    **OPERATIONS,
    **FUNCTIONS,
}
