"""How much one template may compute for one variant: counted where values grow, ended by one clear error.

Work that depends only on a template's text is counted by `Run`; here counts what depends on values.
"""

from __future__ import annotations

from typing import Any, Final

from gitopsgen.template.errors import TemplateError

MAXIMUM_WORK: Final = 20_000_000
MAXIMUM_VALUE: Final = 500_000
_CHARACTERS: Final = 8  # that cost as much as one item of a list


class Meter:
    """What is left to spend."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        """Start with the whole budget."""
        self.left = MAXIMUM_WORK

    def begin(self) -> None:
        """Grant the whole budget again, for the next variant."""
        self.left = MAXIMUM_WORK

    def spend(self, work: int) -> None:
        """Count work; raises `TemplateError` where a template wants more than is allowed."""
        self.left -= work
        if self.left < 0:
            raise TemplateError("too-much-work", "the template does more work than is allowed")

    def size(self, value: Any) -> None:
        """Count the size of a value, but not what is inside its members."""
        kind = value.__class__
        if kind is str:
            self.spend(len(value) // _CHARACTERS)
        elif kind is list or kind is dict:
            self.spend(len(value))

    def whole(self, value: Any, times: int = 1) -> None:
        """Count a value with all that is inside it."""
        self.spend(measure(value) * times)


def measure(value: Any) -> int:
    """Count the scalars, containers and characters of plain data; raises `TemplateError` where they are too many."""
    count = 0
    pending = [value]
    while pending:
        one = pending.pop()
        count += 1
        kind = one.__class__
        if kind is str:
            count += len(one) // _CHARACTERS
        elif kind is dict:
            count += len(one)
            pending.extend(one.values())
        elif kind is list or kind is tuple:
            pending.extend(one)
        if count > MAXIMUM_VALUE:
            raise TemplateError("too-much-work", "a value is larger than is allowed")
    return count
