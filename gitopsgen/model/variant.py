"""A variant: one case on one cluster of one region, with the data its templates see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gitopsgen.diagnostics import Location

Step = str | int
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class VariantId:
    """The address of a variant."""

    region: str
    cluster: str
    case: str

    def __str__(self) -> str:
        """Give `region/cluster/case`."""
        return f"{self.region}/{self.cluster}/{self.case}"


@dataclass(frozen=True, slots=True)
class Variant:
    """One case on one cluster.

    `context` is all that a template may see, by root:
    `values`, `case`, `region`, `cluster`, `versions`, `images`, `project`, `files`.
    It is plain data, shared between variants where it is equal, and must not be changed.
    """

    id: VariantId
    context: Mapping[str, Any]
    patches: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was set: the layer's name, the place, and the value that stands there."""

    layer: str
    location: Location
    value: Any
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """How one value of a context came about: the layer that won, and those that lost.

    A fact that was computed has no single winner: `winners` then names every input of it.
    """

    winners: tuple[Origin, ...]
    losers: tuple[Origin, ...] = ()
