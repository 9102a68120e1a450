"""What a stage has to say about its input, and where.

Imports nothing of this package: every other module may hold a `Diagnostic`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Severity(Enum):
    """How much a finding weighs: only errors keep output from being written."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file of the project; `line` and `column` count from 1, None where unknown."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Give `file:line:column`, without the parts that are not known."""
        known = (str(part) for part in (self.line, self.column) if part is not None)
        return ":".join((self.file, *known))


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a reader needs to understand a finding."""

    message: str
    location: Location


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `message` is one lower-case sentence that says what was found and what was expected;
    the cure stands in `hint`.
    """

    code: str
    name: str
    severity: Severity
    message: str
    location: Location
    hint: str = ""
    related: tuple[Related, ...] = field(default=())

    def located(self, location: Location, *related: Related) -> Diagnostic:
        """Give the same finding at another place."""
        return replace(self, location=location, related=(*self.related, *related))


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Value]):
    """What a stage made, and all that it found on the way."""

    value: Value
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity is Severity.ERROR for finding in self.diagnostics)


class UsageError(Exception):
    """The command was called in a way that makes no sense; ends with exit code 2."""
