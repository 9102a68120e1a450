"""Where the scheduler puts pods: the highest priority first, each on a node that filters leave and scores like.

A deterministic guess at the real one. The filters are exact: taints, node selectors and affinity, what is free,
required affinity and anti-affinity of pods, spreading that must hold. Of the scores there are two: pods of one owner
apart from each other, then the node with most left.
https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitopsgen.capacity.neighbours import Neighbours, Rules
from gitopsgen.capacity.nodes import Node
from gitopsgen.capacity.spots import Spot, admits
from gitopsgen.capacity.workload import Workload

Counts = Mapping[int, int]  # of pods, by the workload's place in a sequence


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Pods that found no node.

    `lacks` is the resource that the nodes which may take them have too little of; empty where none may, or where
    their own neighbours keep them away (`is_apart`).
    """

    workload: Workload
    pods: int
    lacks: str = ""
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """What came of it: the nodes with what is left, and the pods that found none."""

    spots: tuple[Spot, ...]
    unplaced: tuple[Unplaced, ...]
    placed: Counts


def place(workloads: Sequence[Workload], counts: Counts, nodes: Sequence[Node]) -> Placement:
    """Put pods on nodes; `counts` says how many there are of each workload (those on every node need no number)."""
    spots = [Spot(node, dict(node.free)) for node in nodes]
    neighbours = Neighbours(workloads, spots)
    unplaced: list[Unplaced] = []
    placed: dict[int, int] = {}
    for number in sorted(range(len(workloads)), key=lambda one: _turn(workloads[one])):
        workload = workloads[number]
        able = [spot for spot in spots if admits(spot.node, workload)]
        if workload.claim.per_node:
            found = _on_each(number, workload, able)
            placed[number] = len(able) - sum(one.pods for one in found)
        else:
            rules = neighbours.rules_of(number)
            found = _replicated(number, workload, counts.get(number, 0), able, rules)
            placed[number] = counts.get(number, 0) - sum(one.pods for one in found)
        unplaced += found
    return Placement(tuple(spots), tuple(unplaced), placed)


def _turn(workload: Workload) -> tuple[Any, ...]:
    """Give what the queue is sorted by; of equal priorities those on every node come first, then the large."""
    asks = workload.requests
    size = -(asks.get("cpu", 0) / 1000 + asks.get("memory", 0) / 2**32)
    return -workload.priority, not workload.claim.per_node, size, workload.claim.namespace, workload.claim.name


def _on_each(number: int, workload: Workload, able: Sequence[Spot]) -> list[Unplaced]:
    found: list[Unplaced] = []
    for spot in able:
        lacks = spot.lacks(workload.requests)
        if lacks:
            found.append(Unplaced(workload, 1, lacks))
        else:
            spot.take(number, workload.requests)
    return found


def _replicated(number: int, workload: Workload, count: int, able: Sequence[Spot], rules: Rules) -> list[Unplaced]:
    for done in range(count):
        roomy = [spot for spot in able if not spot.lacks(workload.requests)]
        open_spots = [spot for spot in roomy if rules.allow(spot)]
        if not open_spots:
            return [_unplaced(workload, count - done, able, roomy, rules)]
        best = min(open_spots, key=lambda spot: (rules.crowd(spot), -spot.share_left))
        best.take(number, workload.requests)
        rules.note(best)
    return []


def _unplaced(workload: Workload, pods: int, able: Sequence[Spot], roomy: Sequence[Spot], rules: Rules) -> Unplaced:
    if roomy:
        return Unplaced(workload, pods, is_apart=True)
    allowed = [spot for spot in able if rules.allow(spot)]
    if able and not allowed:
        return Unplaced(workload, pods, is_apart=True)
    # of the node that comes nearest
    lacks = [spot.lacks(workload.requests) for spot in sorted(allowed, key=lambda spot: -spot.share_left)]
    return Unplaced(workload, pods, lacks[0] if lacks else "")
