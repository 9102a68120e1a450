"""One wave divided into batches: neighbours apart, limits kept, and the same clusters together tomorrow.

A cluster wants the batches in an order that depends on its name alone, and gets the first that its neighbours leave and
that has room. So a city more or less moves few others: it changes what is left to those around it, and no order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from gitopsgen.waves.colouring import Graph, OutOfStepsError, Room, coloured, critical, is_colourable
from gitopsgen.waves.members import Member

_SLACK: Final = 1.25  # by how much a batch may outgrow the mean before clusters have to look for another one


@dataclass(frozen=True, slots=True)
class Wish:
    """What a wave asks of its batches; `seed` makes the order in which clusters want them its own."""

    seed: str
    batches: int | None
    size: int | None
    room: Room


class ImpossibleError(Exception):
    """There is no such division: the clusters that alone have none, or empty where it is the limits that fail."""

    def __init__(self, clusters: Sequence[str], *, is_proven: bool = True) -> None:
        """Take what was found out."""
        super().__init__(", ".join(clusters))
        self.clusters = tuple(clusters)
        self.is_proven = is_proven


def batches_of(members: Sequence[Member], graph: Graph, wish: Wish) -> list[list[str]]:
    """Give the batches of a wave, none of them empty; raises `ImpossibleError`."""
    if not members:
        return []
    if wish.size == 1 and _is_roomy(members, wish.room):
        return [[one.name] for one in sorted(members, key=lambda one: (one.traffic, one.name))]
    colours = _colours(members, graph, wish)
    found: dict[int, list[str]] = {}
    for name in sorted(colours):
        found.setdefault(colours[name], []).append(name)
    return [found[colour] for colour in sorted(found)]


def _is_roomy(members: Sequence[Member], room: Room) -> bool:
    return all(room.weight is None or one.traffic <= room.weight for one in members) and room.nodes != 0


def _colours(members: Sequence[Member], graph: Graph, wish: Wish) -> dict[str, int]:
    if wish.batches is not None:
        count = min(wish.batches, len(members))
        found = _divided(members, graph, wish, count)
        if found is None:
            raise _why(graph, count)
        return found
    for count in _counts(members, wish):
        with suppress(OutOfStepsError):
            if is_colourable(graph, count):
                found = _divided(members, graph, wish, count)
                if found is not None:
                    return found
    raise ImpossibleError(())  # even alone, a cluster is more than the limits allow


def _counts(members: Sequence[Member], wish: Wish) -> Iterator[int]:
    fewest = -(-len(members) // wish.size) if wish.size else 1
    yield from range(fewest, len(members) + 1)


def _divided(members: Sequence[Member], graph: Graph, wish: Wish, count: int) -> dict[str, int] | None:
    """Give a division into a number of batches, even where that can be; None where there is none."""
    limits = [limit for limit in (wish.room.nodes, wish.size) if limit is not None]
    even = -int(-len(members) * _SLACK // count)
    preferred = {one.name: _preferred(wish.seed, one.name, count) for one in members}
    weights: Mapping[str, int] = {one.name: one.traffic for one in members}
    for nodes in (min([even, *limits]), min(limits) if limits else None):
        room = Room(nodes, wish.room.weight)
        try:
            found = coloured(graph, count, preferred=preferred, room=room, weights=weights)
        except OutOfStepsError:
            continue
        if found is not None:
            return found
    return None


def _why(graph: Graph, count: int) -> ImpossibleError:
    """Tell why there is no division: neighbours that cannot be kept apart, or else the limits."""
    try:
        return ImpossibleError(() if is_colourable(graph, count) else critical(graph, count))
    except OutOfStepsError:
        return ImpossibleError((), is_proven=False)


def _preferred(seed: str, name: str, count: int) -> list[int]:
    """Give the batches in the order of a cluster's own (rendezvous hashing: one batch more changes no order)."""
    return sorted(range(count), key=lambda batch: sha256(f"{seed}\0{name}\0{batch}".encode()).digest())
