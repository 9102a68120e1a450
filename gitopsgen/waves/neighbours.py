"""Which clusters take over for each other, of those that run a case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from gitopsgen.fleet import great_circle_km
from gitopsgen.waves.members import Member

Graph = Mapping[str, frozenset[str]]


def neighbours(members: Sequence[Member]) -> Graph:
    """Give for each cluster those that take over for it, and those for which it takes over.

    Work moves to clusters of the same class: first in the failover cities that have one; where some have none, to
    the nearest others, so that their number is that of the failover cities.
    """
    found: dict[str, set[str]] = {member.name: set() for member in members}
    by_class: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        by_class[member.class_name].append(member)
    for alike in by_class.values():
        for member in alike:
            for other in _successors(member, alike):
                found[member.name].add(other)
                found[other].add(member.name)
    return {name: frozenset(others) for name, others in found.items()}


def _successors(member: Member, alike: Sequence[Member]) -> list[str]:
    named = [other.name for region in member.failover for other in alike if other.region == region]
    missing = len(member.failover) - len(named)
    return [*named, *_nearest(member, alike, named)[: max(missing, 0)]]


def _nearest(member: Member, alike: Iterable[Member], known: Collection[str]) -> list[str]:
    place = member.place
    if place is None:
        return []
    ways = [
        (great_circle_km(place, other.place), other.name)
        for other in alike
        if other.place is not None and other is not member and other.name not in known
    ]
    return [name for _, name in sorted(ways)]
