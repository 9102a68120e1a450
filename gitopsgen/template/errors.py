"""What goes wrong in a template, with the place in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a template: its path, a line that counts from 1, and the expression that stands there."""

    template: str
    line: int
    source: str = ""
    column: int | None = None


class TemplateError(Exception):
    """A template, or a value on its way through one, that cannot be rendered.

    `rule` is the name of the finding; `spot` is filled in by whoever knows the place, `slot` helps to find it;
    `nodes` are the expressions whose values are to blame.
    """

    def __init__(self, rule: str, message: str, spot: Spot | None = None, hint: str = "") -> None:
        """Say what is wrong, and where if that is known."""
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.spot = spot
        self.hint = hint
        self.nodes: tuple[Any, ...] = ()
        self.slot: int | None = None

    def at(self, spot: Spot) -> TemplateError:
        """Place the error, unless it already has a place."""
        if self.spot is None:
            self.spot = spot
        return self


class TemplateErrors(Exception):  # noqa: N818 - it holds several
    """All that is wrong with one template for one variant."""

    def __init__(self, errors: list[TemplateError]) -> None:
        """Take the errors, in the order in which they stand."""
        super().__init__(f"{len(errors)} errors")
        self.errors = errors
