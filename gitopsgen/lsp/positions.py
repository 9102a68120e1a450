"""Places as the protocol counts them: lines and characters from 0, characters in units of an encoding.

Ours count from 1, in code points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

UTF16: Final = "utf-16"  # what every client knows
UTF32: Final = "utf-32"  # code points, as we count
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_WORD: Final = re.compile(r"[^\s,\[\]{}:]+")
_BASIC: Final = 0xFFFF  # code points above take two units of UTF-16

Place = dict[str, int]


def units(text: str, encoding: str) -> int:
    """Give how many characters the protocol counts in a text."""
    return len(text) + (sum(ord(one) > _BASIC for one in text) if encoding == UTF16 else 0)


def code_points(text: str, character: int, encoding: str) -> int:
    """Give how many code points stand before a character of the protocol; the text's length for all beyond it."""
    if encoding != UTF16:
        return min(character, len(text))
    passed = 0
    for index, one in enumerate(text):
        passed += 2 if ord(one) > _BASIC else 1
        if passed > character:
            return index
    return len(text)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file, by lines, and how its client counts characters."""

    whole: str
    lines: tuple[str, ...]
    encoding: str

    @classmethod
    def of(cls, text: str, encoding: str) -> Text:
        """Take a text."""
        return cls(text, tuple(_LINE_END.split(text)), encoding)

    def line(self, number: int) -> str:
        """Give a line, counted from 0; an empty one where there is none."""
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def position(self, place: Place) -> tuple[int, int]:
        """Give line and column, from 1, of a place of the protocol."""
        line = place["line"]
        return line + 1, code_points(self.line(line), place["character"], self.encoding) + 1

    def place(self, line: int, column: int) -> Place:
        """Give a place of the protocol, for line and column from 1."""
        return {"line": line - 1, "character": units(self.line(line - 1)[: column - 1], self.encoding)}

    def range(self, line: int | None, column: int | None) -> dict[str, Any]:
        """Give the word that begins at a place; the line where no column is known, the file's start without a line."""
        if line is None:
            return {"start": self.place(1, 1), "end": self.place(1, 1)}
        text = self.line(line - 1)
        if column is None:
            begin, end = len(text) - len(text.lstrip()), len(text)
        else:
            begin = min(column - 1, len(text))
            word = _WORD.match(text, begin)
            end = word.end() if word else min(begin + 1, len(text))
        return {"start": self.place(line, begin + 1), "end": self.place(line, end + 1)}
