"""Sizes and costs as an API server reckons with them: whole numbers of 64 bits that stop at their largest.

https://github.com/google/cel-go/blob/master/checker/cost.go
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

ENDLESS: Final = 2**64 - 1


class Size(NamedTuple):
    """Between which bounds the size of a text, list or map lies."""

    least: int
    most: int

    def plus(self, other: Size) -> Size:
        """Give the size of both put together."""
        return Size(capped(self.least + other.least), capped(self.most + other.most))

    def times(self, other: Size) -> Size:
        """Give the product."""
        return Size(capped(self.least * other.least), capped(self.most * other.most))

    def either(self, other: Size) -> Size:
        """Give the size of one of both."""
        return Size(min(self.least, other.least), max(self.most, other.most))


UNKNOWN: Final = Size(0, ENDLESS)


def exactly(count: int) -> Size:
    """Give a size that is known."""
    return Size(count, count)


def capped(number: int) -> int:
    """Give a number, or the largest there is."""
    return min(number, ENDLESS)


def scaled(number: int, factor: float) -> int:
    """Give a part of a number, rounded up."""
    if number > 0 and factor > 0 and float(number) > 2.0**64 / factor:
        return ENDLESS
    return capped(math.ceil(float(number) * factor))


class Steps:
    """The way from a variable to a value, in memory that it may share with other ways, as slices of Go do.

    A server lengthens a way in place where its memory has room, and so changes what another way that began alike
    says; what it reckons follows from that, and so this does it too.
    https://go.dev/blog/slices-intro#a-possible-gotcha
    """

    __slots__ = ("_count", "_memory")

    def __init__(self, memory: list[str], count: int) -> None:
        """Take the memory and how much of it is this way."""
        self._memory = memory
        self._count = count

    @staticmethod
    def begin(name: str) -> Steps:
        """Give the way to a variable itself."""
        return Steps([name], 1)

    def to(self, name: str) -> Steps:
        """Give the way one step further."""
        memory = self._memory
        if self._count == len(memory):
            memory = [*memory, *[""] * max(1, len(memory))]
        memory[self._count] = name
        return Steps(memory, self._count + 1)

    def apart(self, name: str) -> Steps:
        """Give the way one step further, in memory of its own."""
        memory = [*self.names(), name]
        return Steps(memory, len(memory))

    def names(self) -> Sequence[str]:
        """Give the names on the way, as the memory has them now."""
        return self._memory[: self._count]


def onwards(steps: Steps | None, name: str) -> Steps:
    """Give the way one step further from somewhere, or from nowhere."""
    return (steps or Steps([], 0)).to(name)
