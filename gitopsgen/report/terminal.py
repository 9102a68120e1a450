"""What a terminal does with text: colours, the width of characters, control characters.

Knows no streams: whether a terminal is there is decided by the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from unicodedata import east_asian_width

Paint = Callable[[str, str], str]

_CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\t"}
# Bidirectional controls could make a line read as something that it is not.
_BIDI = {code: f"\\u{code:04x}" for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_UNSAFE = {**_CONTROLS, **_BIDI, 0x2028: "\\u2028", 0x2029: "\\u2029"}


def plain(text: str, _style: str) -> str:
    """Leave the text as it is: the `Paint` of a stream that is no terminal."""
    return text


def coloured(text: str, style: str) -> str:
    """Give the text in a style, by the SGR codes that every terminal knows."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m"


def clean(text: str) -> str:
    """Make control characters visible, so that a value of a project cannot steer the terminal."""
    return text.translate(_UNSAFE).encode("utf-8", "backslashreplace").decode("utf-8")


def width(text: str) -> int:
    """Count the columns of a text: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def padding(text: str) -> str:
    """Give blanks as wide as the text; tabs stay, since their width is the terminal's affair."""
    return "".join("\t" if character == "\t" else " " * width(character) for character in text)


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Align columns by display width, two blanks apart, without trailing blanks."""
    if not rows:
        return
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
