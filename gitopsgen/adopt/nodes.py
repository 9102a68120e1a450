"""An object of many cities as a tree: what is the same, what is a fact, what is a value, what only some have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from gitopsgen.adopt.facts import Fact

MISSING: Final = object()  # a city in which a value must not be defined


class Step(NamedTuple):
    """One step to a field; `is_telling` is false for what a short name can do without."""

    word: str
    is_telling: bool = True


Field = tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What differs: the value of each place; a place that is not there takes any."""

    owner: str  # "Deployment payment-gateway"
    field: Field
    by_place: Mapping[str, Any]
    is_whole: bool = False  # kept as it is, though it may have something in common


@dataclass(frozen=True, slots=True)
class Literal:
    """Data that all cities have."""

    data: Any


@dataclass(frozen=True, slots=True)
class Text:
    """A string with facts or values in it."""

    parts: tuple[str | Fact | Value, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """A value with its type; `is_optional` where some cities have nothing there."""

    value: Value
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a mapping, or item of a list, whose key is empty; `condition` where only some cities have it."""

    key: Literal | Text | None
    node: Node
    condition: Value | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping whose entries differ."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list whose items differ."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """The last items of a list, as many as each city has."""

    value: Value


Node = Literal | Text | Hole | Mapped | Listed | Rest
