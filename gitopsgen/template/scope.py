"""What names mean while a template runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gitopsgen.template.captured import Captured
from gitopsgen.template.nodes import Node


@dataclass(slots=True)
class Scope:
    """Names, and the scope around them; `weights` tells how large an expression stands behind a name."""

    names: dict[str, Any] = field(default_factory=dict)
    outer: Scope | None = None
    template: str = ""
    weights: dict[str, int] = field(default_factory=dict)

    def find(self, name: str) -> tuple[Meaning | None, int]:
        """Give what a name means here, None if nothing, and its weight."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name], scope.weights.get(name, 0)
            scope = scope.outer
        return None, 0

    def visible(self) -> set[str]:
        """Give all names that mean something here."""
        return set(self.names) | (self.outer.visible() if self.outer else set())

    def inner(self, names: Mapping[str, Meaning] | None = None, weight: int = 0) -> Scope:
        """Give a new scope inside this one, with names of one weight."""
        given = dict(names or {})
        return Scope(given, self, self.template, dict.fromkeys(given, weight))


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro, or the body of a `call` block, with the scope in which it was written."""

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[Any, ...]
    body: tuple[Any, ...]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Module:
    """The names that an imported template sets at its top; `weight` is the work of running it."""

    template: str
    names: dict[str, Any]
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function that every template has."""

    name: str


@dataclass(frozen=True, slots=True)
class Loop:
    """The special name `loop`."""

    index0: int
    length: int

    def member(self, name: str) -> int | bool | None:
        """Give one of its members, None for what it does not have."""
        members: dict[str, int | bool] = {
            "index": self.index0 + 1,
            "index0": self.index0,
            "revindex": self.length - self.index0,
            "revindex0": self.length - self.index0 - 1,
            "first": self.index0 == 0,
            "last": self.index0 == self.length - 1,
            "length": self.length,
        }
        return members.get(name)


Meaning = Node | Captured | Macro | Module | Builtin | Loop
