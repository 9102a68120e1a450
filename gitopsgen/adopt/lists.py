"""The lists of several cities side by side: items with the same keys, else those at the same place.

Knows how lists of a kind merge; nothing of what becomes of an item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.adopt.facts import Facts
from gitopsgen.adopt.matching import common_order, matched
from gitopsgen.diff.list_types import keys
from gitopsgen.schemas.lists import Plan

PLACE: Final = "item-"  # what an item is called that has only its place

ByPlace = Mapping[str, list[Any]]
_Keyed = dict[str, dict[str, Any]]  # by place, its items by their keys


@dataclass(frozen=True, slots=True)
class Item:
    """One item as the places have it; `word` is what a person would call it."""

    word: str
    by_place: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Aligned:
    """The items in an order that all places keep."""

    items: tuple[Item, ...]
    is_keyed: bool


def aligned(data: ByPlace, plan: Plan | None, facts: Facts) -> Aligned | None:
    """Give the items of lists that belong together, None where the lists cannot be one."""
    lengths = {len(one) for one in data.values()}
    if lengths == {1}:
        return _by_index(data)
    found = [known for each in ((plan, None) if plan else (None,)) if (known := _by_key(data, each, facts))]
    if found:
        return min(found, key=lambda one: len(one.items))
    return _by_index(data) if len(lengths) == 1 else None


def _by_index(data: ByPlace) -> Aligned:
    length = len(next(iter(data.values())))
    items = (Item(f"{PLACE}{at + 1}", {place: one[at] for place, one in data.items()}) for at in range(length))
    return Aligned(tuple(items), is_keyed=False)


def _by_key(data: ByPlace, plan: Plan | None, facts: Facts) -> Aligned | None:
    keyed: _Keyed = {}
    for place, items in data.items():
        named = keys(plan, items, items)
        if named is None:
            return None
        keyed[place] = {str(key): item for key, item in zip(named[0], items, strict=True)}
        if len(keyed[place]) != len(items):
            return None
    groups = matched({place: list(items) for place, items in keyed.items()}, facts)
    number = {(place, name): at for at, group in enumerate(groups) for place, name in group.items()}
    order = common_order([[number[place, name] for name in items] for place, items in keyed.items()])
    if order is None:
        return None
    return Aligned(tuple(_item(groups[at], keyed) for at in order if isinstance(at, int)), is_keyed=True)


def _item(group: Mapping[str, str], keyed: _Keyed) -> Item:
    word = next(iter(group.values())).split(",")[0]
    return Item(word, {place: keyed[place][name] for place, name in group.items()})
