"""Texts of several cities side by side: settings in them that differ, line by line, between parts that do not.

A setting is `name=value` or `name: value`. Knows text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_SETTING: Final = re.compile(r"""\s*-{0,2}["']?(?P<name>[A-Za-z][\w.-]*)["']?(?:=|\s*[:=]\s+)["']?""")
_CLOSING: Final = re.compile(r"""["',;]*\Z""")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the texts; `word` names the setting whose value it is, empty for what is the same everywhere."""

    word: str
    by_place: Mapping[str, str]


def divided(texts: Mapping[str, str]) -> list[Piece] | None:
    """Give the texts in pieces, None where they differ in more than the values of settings."""
    lines = {place: text.split("\n") for place, text in texts.items()}
    count = len(next(iter(lines.values())))
    if any(len(one) != count for one in lines.values()):
        return None
    pieces: list[Piece] = []
    for at in range(count):
        row = {place: one[at] for place, one in lines.items()}
        found = list(_row(row))
        if not found:
            return None
        pieces += found
        if at < count - 1:
            pieces.append(Piece("", dict.fromkeys(texts, "\n")))
    return pieces


def _row(row: Mapping[str, str]) -> Iterator[Piece]:
    """Give the pieces of one line of each text; nothing where it cannot be one line."""
    first = next(iter(row.values()))
    if all(line == first for line in row.values()):
        yield Piece("", row)
        return
    starts = [_SETTING.match(line) for line in row.values()]
    start = starts[0]
    if start is None or any(one is None or one.group() != start.group() for one in starts):
        return
    rests = {place: line[start.end() :] for place, line in row.items()}
    ends = {_closing(rest) for rest in rests.values()}
    end = ends.pop() if len(ends) == 1 else ""
    values = {place: rest[: len(rest) - len(end)] for place, rest in rests.items()}
    if start.group()[-1] in "\"'" and any(start.group()[-1] in value for value in values.values()):
        return  # the value ends where its quotes do, and there is more
    yield Piece("", dict.fromkeys(row, start.group()))
    yield Piece(start["name"], values)
    yield Piece("", dict.fromkeys(row, end))


def _closing(rest: str) -> str:
    found = _CLOSING.search(rest)
    return found.group() if found else ""
