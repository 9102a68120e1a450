"""Graphs coloured exactly: neighbours get different colours, and no colour gets more than it has room for.

By DSATUR (Brélaz, Communications of the ACM 22, 1979) with backtracking: it finds a colouring
or proves that there is none, and gives up after a number of steps instead of running for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

Graph = Mapping[str, frozenset[str]]
STEPS: Final = 20_000


class OutOfStepsError(Exception):
    """Neither a colouring was found in time, nor that there is none."""


@dataclass(frozen=True, slots=True)
class Room:
    """What one colour may hold: nodes, and the sum of their weights; None for no limit."""

    nodes: int | None = None
    weight: int | None = None


@dataclass(slots=True)
class _Search:
    """A colouring that grows and shrinks."""

    graph: Graph
    colours: int
    room: Room
    weights: Mapping[str, int]
    chosen: dict[str, int] = field(default_factory=dict)
    around: dict[str, list[int]] = field(default_factory=dict)  # neighbours of each colour
    nodes: list[int] = field(default_factory=list)
    weight: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.around = {name: [0] * self.colours for name in self.graph}
        self.nodes, self.weight = [0] * self.colours, [0] * self.colours

    def next(self) -> str:
        """Give the node with the fewest choices left; of equals that with most neighbours, then the first by name."""
        left = (name for name in self.graph if name not in self.chosen)
        return min(left, key=lambda name: (self.around[name].count(0), -len(self.graph[name]), name))

    def fits(self, name: str, colour: int) -> bool:
        """Tell whether a node may have a colour."""
        if self.around[name][colour]:
            return False
        if self.room.nodes is not None and self.nodes[colour] >= self.room.nodes:
            return False
        limit = self.room.weight
        return limit is None or self.weight[colour] + self.weights.get(name, 0) <= limit

    def put(self, name: str, colour: int, *, sign: int = 1) -> None:
        """Give a node a colour, or (with sign -1) take it away."""
        if sign > 0:
            self.chosen[name] = colour
        else:
            del self.chosen[name]
        self.nodes[colour] += sign
        self.weight[colour] += sign * self.weights.get(name, 0)
        for other in self.graph[name]:
            self.around[other][colour] += sign

    def choices(self, name: str, preferred: Sequence[int]) -> Iterator[int]:
        """Give the colours that a node may have; where there are no preferences, of the unused ones only the first."""
        unused = False
        for colour in preferred or range(self.colours):
            if not preferred and not self.nodes[colour]:
                if unused:
                    return
                unused = True
            if self.fits(name, colour):
                yield colour


def coloured(
    graph: Graph,
    colours: int,
    *,
    preferred: Mapping[str, Sequence[int]] | None = None,
    room: Room | None = None,
    weights: Mapping[str, int] | None = None,
) -> dict[str, int] | None:
    """Give each node a colour from 0, different from those of its neighbours; None where that cannot be.

    `preferred` lists for each node all colours, the dearest first. Raises `OutOfStepsError`.
    """
    search = _Search(graph, colours, room or Room(), weights or {})
    order = preferred or {}
    path: list[tuple[str, Iterator[int]]] = []
    steps = 0
    while len(search.chosen) < len(graph):
        name = search.next()
        path.append((name, search.choices(name, order.get(name, ()))))
        while True:
            name, choices = path[-1]
            if name in search.chosen:
                search.put(name, search.chosen[name], sign=-1)
            colour = next(choices, None)
            if colour is not None:
                search.put(name, colour)
                break
            path.pop()
            if not path:
                return None
            steps += 1
            if steps > STEPS:
                raise OutOfStepsError
    return search.chosen


def is_colourable(graph: Graph, colours: int) -> bool:
    """Tell whether a graph has a colouring; raises `OutOfStepsError` where that cannot be told in time."""
    return all(coloured(part, colours) is not None for part in parts(graph))


def critical(graph: Graph, colours: int) -> list[str]:
    """Give nodes, as few as can be left, which alone already have no colouring; the graph must have none."""
    kept = next(part for part in parts(graph) if coloured(part, colours) is None)
    for name in sorted(kept):
        rest = within(kept, set(kept) - {name})
        if not is_colourable(rest, colours):
            kept = rest
    return sorted(kept)


def within(graph: Graph, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """Give the part of a graph between some of its nodes."""
    kept = frozenset(names)
    return {name: graph[name] & kept for name in sorted(kept)}


def parts(graph: Graph) -> Iterator[Graph]:
    """Give the parts of a graph that are not connected."""
    left = set(graph)
    for start in sorted(graph):
        if start not in left:
            continue
        found, pending = {start}, [start]
        while pending:
            new = graph[pending.pop()] - found
            found |= new
            pending.extend(new)
        left -= found
        yield within(graph, found)
