"""What an expression looks at in strings, told from its words: whether it only compares them, and which it names.

Errs on one side: what is not understood counts as looked into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<text>[rRbB]{0,2}(?:'{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))"""
    r"|(?P<comment>//[^\n]*)|(?P<number>\d[\w.]*)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[<>=!]=|&&|\|\||\S)",
    re.DOTALL,
)
_QUOTED: Final = re.compile(r"""[rRbB]{0,2}(?:'''|\"\"\"|'|")(.*?)(?:'''|\"\"\"|'|")""", re.DOTALL)
# What compares strings in whole, if at all, and the lists and maps that they stand in.
_BLIND: Final = frozenset({"all", "exists", "exists_one", "filter", "has", "map"})
_SEARCHES: Final = frozenset({"contains", "endsWith", "startsWith"})
_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_EQUALITY: Final = frozenset({"!=", "==", ">"})
_OWN_PATH: Final = re.compile(r"self(?:\.\w+|\[\d+\])*")

Tokens = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def tokens(expression: str) -> Tokens:
    """Give the tokens with their sorts (`text`, `number`, `name`, `sign`), comments left out."""
    found = ((str(match.lastgroup), match[0]) for match in _TOKEN.finditer(expression))
    return tuple(one for one in found if one[0] != "comment")


def names(expression: str) -> frozenset[str]:
    """Give the names in an expression: of variables, fields and functions."""
    return frozenset(text for sort, text in tokens(expression) if sort == "name")


def is_blind(expression: str, is_list: Callable[[str], bool]) -> bool:
    """Whether the value stays the same where strings are replaced by others of their sort.

    See `gitopsgen.check.sharing` for such replacements. `is_list` tells of a path below `self` whether a list or a map
    is there.
    """
    found = tokens(expression)
    return all(_is_blind(found, place, is_list) for place in range(len(found)))


def _is_blind(found: Tokens, place: int, is_list: Callable[[str], bool]) -> bool:
    sort, text = found[place]
    following = found[place + 1][1] if place + 1 < len(found) else ""
    if sort == "name" and following == "(":
        return _is_blind_call(found, place, is_list)
    if text in _ORDER:
        return "number" in {found[place - 1][0], found[place + 1][0]} if 0 < place < len(found) - 1 else False
    if text == "+":
        # numbers, as in (has(self.a) ? 1 : 0) + …: what is added to a number is one
        return place > 1 and found[place - 1][1] == ")" and found[place - 2][0] == "number"
    return True


def _is_blind_call(found: Tokens, place: int, is_list: Callable[[str], bool]) -> bool:
    name = found[place][1]
    end = _end(found, place + 1)
    argument = found[place + 2 : end]
    if name == "size":
        return _is_count(found, place, end) or is_list(_measured(found, place, argument))
    if name in _SEARCHES:
        return len(argument) == 1 and argument[0][0] == "text" and _is_closed(name, argument[0][1])
    return name in _BLIND


def _is_count(found: Tokens, place: int, end: int) -> bool:
    """Whether a size is only asked whether it is zero, or is that of a list which was just made."""
    is_zero = end + 2 < len(found) and found[end + 1][1] in _EQUALITY and found[end + 2][1] == "0"
    before = found[place - 1][1] == "." and found[place - 2][1] == ")"
    return is_zero or (before and _opened_by(found, place - 2) in {"filter", "map", "]"})


def _opened_by(found: Tokens, close: int) -> str:
    """Give the name of the call that ends at a bracket, `]` for a group that ends with a list."""
    depth = 0
    for place in range(close, -1, -1):
        depth += (found[place][1] == ")") - (found[place][1] == "(")
        if depth == 0:
            is_call = place > 0 and found[place - 1][0] == "name"
            return found[place - 1][1] if is_call else found[close - 1][1]
    return ""


def _measured(found: Tokens, place: int, argument: Sequence[tuple[str, str]]) -> str:
    if argument:
        path = "".join(text for _, text in argument)
        return path if _OWN_PATH.fullmatch(path) else ""
    start = place - 1
    while start > 0 and (found[start - 1][0] in {"name", "number"} or found[start - 1][1] in {".", "[", "]"}):
        start -= 1
    path = "".join(text for _, text in found[start : place - 1])
    return path if _OWN_PATH.fullmatch(path) else ""


def _is_closed(name: str, literal: str) -> bool:
    """Whether no part of a string that is replaced can begin or end inside what is searched for."""
    match = _QUOTED.fullmatch(literal)
    text = match[1] if match else ""
    is_begun = name == "startsWith" or (bool(text) and not text[0].isalnum())
    is_ended = name == "endsWith" or (bool(text) and not text[-1].isalnum())
    return bool(text) and "\\" not in text and is_begun and is_ended


def _end(found: Tokens, opening: int) -> int:
    depth = 0
    for place in range(opening, len(found)):
        depth += (found[place][1] == "(") - (found[place][1] == ")")
        if depth == 0:
            return place
    return len(found)
