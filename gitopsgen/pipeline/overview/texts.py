"""Texts that stand in a document many times, kept once."""

from __future__ import annotations


class Texts:
    """Texts by number, in the order in which they came."""

    def __init__(self) -> None:
        """Start with none."""
        self.known: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Give the number of a text."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.known)
            self.known.append(text)
        return found
