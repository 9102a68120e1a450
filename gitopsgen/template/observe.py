"""What control flow learns of a value, and which expressions need no variant at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.expressions import Node
from gitopsgen.template.operators import defined, describe, truth


@dataclass(frozen=True, slots=True)
class Observation:
    """One question that control flow asked, and the answer that chose the way."""

    kind: str
    node: Node
    answer: Any


def _shape(value: Any) -> tuple[str, int]:
    if value.__class__ is list:
        return "list", len(value)
    if isinstance(defined(value), Mapping):
        return "mapping", len(value)
    if isinstance(value, list | tuple):
        return "list", len(value)
    raise TemplateError("wrong-operand", f"found {describe(value)} to loop over, expected a list or a mapping")


def _value(value: Any) -> tuple[str, Any]:
    if isinstance(defined(value), str | int | float | bool) or value is None:
        return type(value).__name__, value  # 1, 1.0 and True are equal in Python and must not share a branch
    raise TemplateError("wrong-operand", f"found {describe(value)}, expected a scalar")


OBSERVERS: Final[Mapping[str, Callable[[Any], Any]]] = {"truth": truth, "shape": _shape, "value": _value}

_CONTEXT_FREE: Final = frozenset({"const", "undefined"})
_READING: Final = frozenset({"ref", "image", "files"})


def is_constant(node: Any) -> bool:
    """Tell whether an expression has the same value for every variant."""
    if not isinstance(node, tuple) or not node or node[0] in _CONTEXT_FREE:
        return True
    return node[0] not in _READING and all(is_constant(part) for part in node)
