"""Which names of different cities mean the same thing: equal ones, and those that differ by a fact of their city alone.

Knows names; nothing of what they name.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from gitopsgen.adopt.facts import Facts

Group = dict[str, str]  # by place, the name that it has there


def matched(names: Mapping[str, Sequence[str]], facts: Facts) -> list[Group]:
    """Give groups of names that mean the same, in the order in which they come up; in a city each name is told once."""
    counts: dict[str, int] = {}
    for some in names.values():
        for name in some:
            counts[name] = counts.get(name, 0) + 1
    forms = {
        (place, name): name if counts[name] == len(names) else facts.hidden(place, name)
        for place, some in names.items()
        for name in some
    }
    crowded = _crowded(forms)
    groups: dict[tuple[str, bool], Group] = {}
    for (place, name), form in forms.items():
        key = (name, True) if form in crowded or form == name else (form, False)
        groups.setdefault(key, {})[place] = name
    return list(groups.values())


def _crowded(forms: Mapping[tuple[str, str], str]) -> set[str]:
    """Give the forms that two names of one city have."""
    seen: set[tuple[str, str]] = set()
    crowded = set()
    for (place, _), form in forms.items():
        if (place, form) in seen:
            crowded.add(form)
        seen.add((place, form))
    return crowded


def common_order(orders: Iterable[Sequence[Hashable]]) -> list[Hashable] | None:
    """Give one order that all these orders are parts of, None where they contradict each other."""
    sorter: TopologicalSorter[Hashable] = TopologicalSorter()
    rank: dict[Hashable, int] = {}
    for order in orders:
        for before, after in pairwise(order):
            sorter.add(after, before)
        for one in order:
            rank.setdefault(one, len(rank))
            sorter.add(one)
    found: list[Hashable] = []
    try:
        sorter.prepare()
    except CycleError:
        return None
    ready: list[Hashable] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
        found.append(ready.pop(0))
        sorter.done(found[-1])
    return found
