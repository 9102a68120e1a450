"""Calls as a template writes them: whether an expression has one, and which argument goes to which parameter."""

from __future__ import annotations

from typing import Any

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.nodes import Parsed
from gitopsgen.template.scope import Macro


def calls(expression: Any) -> bool:
    """Tell whether something is called in an expression."""
    if not isinstance(expression, tuple):
        return False
    return expression[:1] == ("call",) or any(calls(part) for part in expression)


def arguments_of(macro: Macro, expression: Parsed) -> dict[str, Parsed]:
    """Match the arguments of a call with the parameters of a macro."""
    _, _, arguments, named, *_ = expression
    given: dict[str, Parsed] = dict(zip(macro.parameters, arguments, strict=False))
    if len(arguments) > len(macro.parameters):
        raise TemplateError("wrong-operand", f"macro '{macro.name}' takes {len(macro.parameters)} arguments")
    for key, one in named:
        if key not in macro.parameters or key in given:
            raise TemplateError("wrong-operand", f"macro '{macro.name}' has no free parameter '{key}'")
        given[key] = one
    return given


def mentions(tree: Any, wanted: Parsed) -> bool:
    """Tell whether an expression stands somewhere in a tree."""
    return isinstance(tree, tuple) and (tree == wanted or any(mentions(part, wanted) for part in tree))
