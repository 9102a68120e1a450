"""Changes of many clusters folded: what is the same in several is said once, with where it holds.

Clusters are folded a change at a time. So one that differs in a single field is alone with that field, and still
stands with the others for all the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gitopsgen.diff.changes import Change


class Object(NamedTuple):
    """One object as all clusters have it, names hidden; `file` is its path inside the cluster's directory."""

    case: str
    kind: str
    group: str
    namespace: str
    name: str
    file: str


class Status(StrEnum):
    """What became of an object."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changes that are the same in some clusters; `places` are `region/cluster`, sorted."""

    places: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """Objects of which the same changed in the same places.

    `holders` are the places that could have had the change: those with the object, or, of one that came or went,
    those with its case.
    """

    objects: tuple[Object, ...]
    status: Status
    hunks: tuple[Hunk, ...]
    holders: frozenset[str]


Changed = Mapping[tuple[Object, Status], Mapping[Change, Iterable[str]]]


def fold(changed: Changed, holders: Mapping[tuple[Object, Status], frozenset[str]]) -> tuple[Folded, ...]:
    """Fold what changed, by object and change, over the places where it did."""
    alike: dict[tuple[str, Status, tuple[Hunk, ...], frozenset[str]], list[Object]] = {}
    for (one, status), changes in sorted(changed.items(), key=lambda item: item[0]):
        key = (one.case, status, _hunks(changes), holders.get((one, status), frozenset()))
        alike.setdefault(key, []).append(one)
    return tuple(
        Folded(tuple(objects), status, hunks, holding) for (_, status, hunks, holding), objects in alike.items()
    )


def _hunks(changes: Mapping[Change, Iterable[str]]) -> tuple[Hunk, ...]:
    by_places: dict[tuple[str, ...], list[Change]] = {}
    for change, places in changes.items():
        by_places.setdefault(tuple(sorted(places)), []).append(change)
    hunks = (Hunk(places, tuple(found)) for places, found in by_places.items())
    return tuple(sorted(hunks, key=lambda hunk: (-len(hunk.places), hunk.places)))
