"""Where a value is set: as high as cities share it, with as few settings as will do.

Layers as in `compose`: the blueprint, environment, tier, area, region, cluster. A layer of several cities sets a value
only where all of its cities agree, so that no two of them contradict each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple

from gitopsgen.adopt.cities import City
from gitopsgen.adopt.nodes import MISSING
from gitopsgen.diff.changes import NOTHING, canonical

_MOST_TRIED: Final = 10  # environments and tiers of which every combination is tried
_SHARED: Final = ("environment", "tier", "area", "region")


class Layer(NamedTuple):
    """A layer: its sort (`blueprint`, `environment`, `tier`, `area`, `region` or `cluster`), and its name."""

    sort: str
    name: str = ""


class Setting(NamedTuple):
    """A value that a layer sets, `MISSING` where it takes away what a lower one sets."""

    layer: Layer
    data: Any


class Layers:
    """The layers of some cities."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        """Take the cities by their place."""
        self._members: dict[Layer, frozenset[str]] = {}
        regions = Counter(city.region for city in cities.values())
        for sort in _SHARED:
            for name in sorted({getattr(city, sort) for city in cities.values()}):
                members = frozenset(place for place, city in cities.items() if getattr(city, sort) == name)
                if name and len(members) > 1:
                    self._members[Layer(sort, name)] = members
        self._own = {
            place: Layer("region", city.region) if regions[city.region] == 1 else Layer("cluster", place)
            for place, city in cities.items()
        }

    def settings(self, by_place: Mapping[str, Any]) -> list[Setting]:
        """Give the settings that give each place its value, lowest layer first; a place without one takes any."""
        keyed = {place: NOTHING if one is MISSING else canonical(one) for place, one in by_place.items()}
        data = {keyed[place]: one for place, one in by_place.items()}
        counts = Counter(keyed.values())
        agreed = self._agreed(keyed)
        best: tuple[tuple[int, bool, int, list[str]], list[Setting]] | None = None
        for common in sorted(counts):
            wrong = frozenset(place for place, key in keyed.items() if key != common)
            others = {layer: members for layer, members in agreed.items() if keyed[next(iter(members))] != common}
            cover = self._cover(wrong, others)
            found = [] if common == NOTHING else [Setting(Layer("blueprint"), data[common])]
            found += [Setting(layer, data[self._key_of(layer, keyed)]) for layer in cover]
            holders = sorted(place for place, key in keyed.items() if key == common)
            weight = (len(found), common == NOTHING, -counts[common], holders)
            if best is None or weight < best[0]:
                best = weight, found
        return best[1] if best else []

    def _agreed(self, keyed: Mapping[str, str]) -> dict[Layer, frozenset[str]]:
        """Give the layers whose cities all have one value, with those of them that have any."""
        found = {}
        for layer, members in self._members.items():
            minding = frozenset(place for place in members if place in keyed)
            values = {keyed[place] for place in minding}
            if len(minding) > 1 and len(values) == 1:
                found[layer] = minding
        return found

    def _cover(self, places: frozenset[str], layers: Mapping[Layer, frozenset[str]]) -> list[Layer]:
        """Give the fewest layers that reach all these places and no other value."""
        lower = [layer for layer in layers if layer.sort in ("environment", "tier")]
        if len(lower) > _MOST_TRIED:
            lower = sorted(lower, key=lambda one: -len(layers[one]))[:_MOST_TRIED]
        upper = [layer for layer in layers if layer.sort in ("area", "region")]
        tried = (self._completed(some, upper, places, layers) for some in _subsets(lower))
        return min(tried, key=len)

    def _completed(
        self,
        chosen: Sequence[Layer],
        upper: Sequence[Layer],
        places: frozenset[str],
        layers: Mapping[Layer, frozenset[str]],
    ) -> list[Layer]:
        left = places.difference(*(layers[layer] for layer in chosen))
        found = list(chosen)
        for layer in upper:
            if len(layers[layer] & left) > 1:
                found.append(layer)
                left -= layers[layer]
        return [*found, *dict.fromkeys(self._own[place] for place in sorted(left))]

    def _key_of(self, layer: Layer, keyed: Mapping[str, str]) -> str:
        members = self._members.get(layer) or {place for place, own in self._own.items() if own == layer}
        return next(keyed[place] for place in sorted(members) if place in keyed)


def _subsets(layers: Sequence[Layer]) -> Iterable[Sequence[Layer]]:
    return (some for size in range(len(layers) + 1) for some in combinations(layers, size))
