"""What fills the gaps between the constant texts of a document: one function of the values of its holes a gap.

Those of single holes, and of text with holes, say what they are made of: equal ones of many documents can be filled
once. All others are only functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from gitopsgen.emit import after_key, item, string
from gitopsgen.template.operators import OMIT, text
from gitopsgen.template.plan import Values

Slot = Callable[[Values], str]
_REMEMBERED: Final = 8
_NOTHING: Final = object()


class HoleSlot:
    """Writes the value of one hole behind a key or as an item of a list, nothing for `omit`.

    `head` goes before it. Keeps what it last wrote: most of what goes into a hole is the same for city after city.
    """

    __slots__ = ("_kept", "_last", "_last_text", "head", "indent", "index", "is_item")

    def __init__(self, index: int, indent: int, head: str = "", *, is_item: bool = False) -> None:
        """Start with nothing written."""
        self.index = index
        self.indent = indent
        self.head = head
        self.is_item = is_item
        self._kept: dict[str, str] = {}
        self._last: Any = _NOTHING
        self._last_text = ""

    def moved(self, index: int) -> HoleSlot:
        """Give the slot of the same place that takes another value."""
        return HoleSlot(index, self.indent, self.head, is_item=self.is_item)

    def __call__(self, values: Values) -> str:
        """Give the text; strings that were met are looked up, any other value only if it is the very same."""
        value = values[self.index]
        if value.__class__ is str:
            known = self._kept.get(value)
            if known is None:
                known = self._written(value)
                if len(self._kept) < _REMEMBERED:
                    self._kept[value] = known
            return known
        if value is self._last:
            return self._last_text
        if value is OMIT:
            return ""
        self._last_text = self._written(value)
        self._last = value
        return self._last_text

    def _written(self, value: Any) -> str:
        return item(value, self.indent) if self.is_item else self.head + after_key(value, self.indent)


class TextSlot:
    """Writes a string with holes in it, to the end of its line."""

    __slots__ = ("indent", "parts")

    def __init__(self, parts: tuple[str | int, ...], indent: int) -> None:
        """Take the parts: text, and numbers of holes."""
        self.parts = parts
        self.indent = indent

    def __call__(self, values: Values) -> str:
        """Give the text."""
        joined = "".join([part if part.__class__ is str else text(values[part]) for part in self.parts])  # type: ignore[index]
        return f"{string(joined, self.indent)}\n"
