"""Expressions that use variables with expressions of their own: `variables.containers` of an admission policy.

They become one expression, in which a variable is evaluated when it is first asked for, as a server does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from gitopsgen.cel.sight import TOKEN

Variables = tuple[tuple[str, str], ...]
_USE: Final = re.compile(r"\bvariables\s*\.\s*([A-Za-z_]\w*)")


@lru_cache(maxsize=1024)
def bound(expression: str, variables: Variables) -> str:
    """Give an expression with those of its variables bound; each may use those before it."""
    whole = _renamed(expression)
    for name, text in reversed(variables):
        if re.search(rf"\b{_own(name)}\b", whole):
            whole = f"cel.bind({_own(name)}, ({_renamed(text)}\n), ({whole}\n))"
    return whole


def used(expression: str) -> frozenset[str]:
    """Give the names of the variables that an expression itself uses."""
    return frozenset(_USE.findall("".join(_pieces(expression)[::2])))


def _renamed(expression: str) -> str:
    pieces = _pieces(expression)
    code = [_USE.sub(lambda use: _own(use[1]), piece) for piece in pieces[::2]]
    texts = [*pieces[1::2], ""]
    return "".join(piece for pair in zip(code, texts, strict=True) for piece in pair)


def _pieces(expression: str) -> Sequence[str]:
    """Give code and texts in turn, code first and last; comments are left out."""
    pieces, at = [""], 0
    for match in TOKEN.finditer(expression):
        between, at = expression[at : match.start()], match.end()
        if match.lastgroup == "text":
            pieces[-1] += between
            pieces += [match[0], ""]
        else:
            pieces[-1] += between + ("" if match.lastgroup == "comment" else match[0])
    pieces[-1] += expression[at:]
    return pieces


def _own(name: str) -> str:
    return f"variables__{name}"
