"""The text of a Rego policy as tokens: enough of the language to change a policy without misreading it.

Knows words, strings and brackets; not what a rule means.
https://www.openpolicyagent.org/docs/policy-reference#grammar
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

OPENING: Final = {"(": ")", "[": "]", "{": "}"}
CLOSING: Final = frozenset(OPENING.values())
_TOKENS: Final = re.compile(
    r"""
    (?P<space>[ \t\r]+ | \#[^\n]*)
  | (?P<newline>\n)
  | (?P<string>"(?:[^"\\\n]|\\.)*" | `[^`]*`)
  | (?P<number>\d[\d.]*(?:[eE][-+]?\d+)?)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign>:=|==|!=|<=|>=|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A token: what sort it is, its text, where it starts, how many brackets are open before it.

    A bracket that closes has the depth of the one that opens. `opener` is the innermost open bracket, empty outside;
    `is_first` says that it begins a line, `is_spaced` that it does not follow the one before at once.
    """

    sort: str
    text: str
    start: int
    depth: int
    opener: str
    is_first: bool
    is_spaced: bool

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def tokens(policy: str) -> list[Token]:
    """Give the tokens that mean something: spaces and comments are left out, ends of lines too."""
    return list(_tokens(policy))


def _tokens(policy: str) -> Iterator[Token]:
    open_brackets: list[str] = []
    is_first, is_spaced = True, True
    for match in _TOKENS.finditer(policy):
        sort, text = str(match.lastgroup), match[0]
        if sort in {"space", "newline"}:
            is_first, is_spaced = is_first or sort == "newline", True
            continue
        if text in CLOSING and open_brackets:
            open_brackets.pop()
        yield Token(
            sort,
            text,
            match.start(),
            len(open_brackets),
            open_brackets[-1] if open_brackets else "",
            is_first,
            is_spaced,
        )
        if text in OPENING:
            open_brackets.append(text)
        is_first = is_spaced = False


def closing(found: Sequence[Token], opening: int) -> int:
    """Give the place of the bracket that closes the one at a place; the end of all where nothing does."""
    depth = found[opening].depth
    for place in range(opening + 1, len(found)):
        if found[place].depth == depth and found[place].text in CLOSING:
            return place
    return len(found)


def parted(found: Sequence[Token], start: int, end: int, separators: frozenset[str]) -> list[tuple[int, int]]:
    """Part a run of tokens at separators that stand outside of brackets in it: (start, end) of each part."""
    if start >= end:
        return []
    depth, parts, first = found[start].depth, [], start
    for place in range(start, end):
        if found[place].depth == depth and found[place].text in separators:
            parts.append((first, place))
            first = place + 1
    return [*parts, (first, end)]
