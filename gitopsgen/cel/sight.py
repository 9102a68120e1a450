"""What an expression looks at in strings, told from its words: whether it only compares them, and which it names.

Errs on one side: what is not understood counts as looked into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

TOKEN: Final = re.compile(
    r"""(?P<text>[rRbB]{0,2}(?:'{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))"""
    r"|(?P<comment>//[^\n]*)|(?P<number>\d[\w.]*)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[<>=!]=|&&|\|\||\S)",
    re.DOTALL,
)
_QUOTED: Final = re.compile(r"""[rRbB]{0,2}(?:'''|\"\"\"|'|")(.*?)(?:'''|\"\"\"|'|")""", re.DOTALL)
# What compares strings in whole, if at all, and the lists and maps that they stand in.
_BLIND: Final = frozenset({"all", "exists", "exists_one", "filter", "has", "map"})
_SEARCHES: Final = frozenset({"contains", "endsWith", "startsWith"})
_LISTS: Final = frozenset({"array", "object"})
_NUMBERS: Final = frozenset({"integer", "number"})
_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_EQUALITY: Final = frozenset({"!=", "==", ">"})
_OWN_PATH: Final = re.compile(r"self(?:\.\w+|\[\d+\])*")

Token = tuple[str, str]
Tokens = Sequence[Token]
TypeOf = Callable[[str], str]


@lru_cache(maxsize=4096)
def tokens(expression: str) -> tuple[Token, ...]:
    """Give the tokens with their sorts (`text`, `number`, `name`, `sign`), comments left out."""
    found = ((str(match.lastgroup), match[0]) for match in TOKEN.finditer(expression))
    return tuple(one for one in found if one[0] != "comment")


def names(expression: str) -> frozenset[str]:
    """Give the names in an expression: of variables, fields and functions."""
    return frozenset(text for sort, text in tokens(expression) if sort == "name")


def is_blind(expression: str, type_of: TypeOf) -> bool:
    """Whether the value stays the same where strings are replaced by others of their sort.

    See `gitopsgen.check.sharing` for such replacements. `type_of` tells of a path below `self` what type the schema
    gives it, nothing where it does not know.
    """
    found = tokens(expression)
    return all(_is_blind(found, place, type_of) for place in range(len(found)))


def _is_blind(found: Tokens, place: int, type_of: TypeOf) -> bool:
    sort, text = found[place]
    if sort == "name" and found[place + 1 : place + 2] == (("sign", "("),):
        return _is_blind_call(found, place, type_of)
    if text in _ORDER:
        before, after = found[:place], found[place + 1 :]
        is_number = _ends_with_number(before) or (bool(after) and after[0][0] == "number")
        return is_number or type_of(_path_before(found, place)) in _NUMBERS
    if text == "+":
        # what is added to a number is one, as in (has(self.a) ? 1 : 0) + …
        return _ends_with_number(found[:place])
    return True


def _ends_with_number(before: Tokens) -> bool:
    last = before[-2:]
    return bool(last) and (last[-1][0] == "number" or (last[-1][1] == ")" and last[0][0] == "number"))


def _is_blind_call(found: Tokens, place: int, type_of: TypeOf) -> bool:
    name = found[place][1]
    end = _end(found, place + 1)
    argument = found[place + 2 : end]
    if name == "size":
        path = _path(argument) if argument else _path_before(found, place - 1)
        return type_of(path) in _LISTS or _is_count(found, place, end)
    if name in _SEARCHES:
        return len(argument) == 1 and argument[0][0] == "text" and _is_closed(name, argument[0][1])
    return name in _BLIND


def _is_count(found: Tokens, place: int, end: int) -> bool:
    """Whether a size is only asked whether it is zero, or is that of a list which was just made."""
    is_zero = end + 2 < len(found) and found[end + 1][1] in _EQUALITY and found[end + 2][1] == "0"
    is_of_group = place > 1 and found[place - 1][1] == "." and found[place - 2][1] == ")"
    return is_zero or (is_of_group and _made_by(found, place - 2) in {"filter", "map", "]"})


def _made_by(found: Tokens, close: int) -> str:
    """Give the name of the call that ends at a bracket; of a group, what it ends with."""
    depth = 0
    for place in range(close, -1, -1):
        depth += (found[place][1] == ")") - (found[place][1] == "(")
        if depth == 0:
            is_call = place > 0 and found[place - 1][0] == "name"
            return found[place - 1][1] if is_call else found[close - 1][1]
    return ""


def _path_before(found: Tokens, end: int) -> str:
    """Give the path below `self` that ends at a place, empty where none does."""
    start = end
    while start > 0 and (found[start - 1][0] in {"name", "number"} or found[start - 1][1] in {".", "[", "]"}):
        start -= 1
    return _path(found[start:end])


def _path(found: Tokens) -> str:
    path = "".join(text for _, text in found)
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
