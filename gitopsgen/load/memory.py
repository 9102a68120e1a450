"""What was made of the inputs, kept by a process that reads them again and again.

Holds nothing that a run changes: who asks gets the very object that was made before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")


@dataclass(slots=True)
class Memory:
    """What was made last under each name, and of what."""

    _made: dict[tuple[str, ...], tuple[tuple[Any, ...], Any]] = field(default_factory=dict)

    def once(self, name: tuple[str, ...], made_of: tuple[Any, ...], make: Callable[[], Made]) -> Made:
        """Give what `make` gives, or gave when the same was there to make it of."""
        kept = self._made.get(name)
        if kept is None or kept[0] != made_of:
            self._made[name] = kept = (made_of, make())
        found: Made = kept[1]
        return found
