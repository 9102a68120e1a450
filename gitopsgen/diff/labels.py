"""Where a change holds, in few words: all cities, a tier, all but some, or their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from gitopsgen.diff.cities import City

_NAMED: Final = 6  # places that are named before they are counted
_EXCEPTED: Final = 3  # places without a change that are named, where nearly all have it
_COMMON: Final = 4  # only of so many is it worth saying what they have in common


def label(places: Collection[str], holders: Collection[str], cities: Mapping[str, City]) -> str:
    """Give words for the places of a change, among those that could have had it."""
    everyone = {*holders, *places}
    others = sorted(everyone - {*places})
    if len(places) < _COMMON:
        return ", ".join(_named(places, everyone))
    if not others:
        return f"all {_counted(everyone)}"
    if len(others) <= _EXCEPTED and len(others) < len(places):
        return f"{len(places)} of {_counted(everyone)}, not {', '.join(_named(others, everyone))}"
    shared = _shared(places, everyone, cities)
    if shared or _city(places, everyone):
        return f"all {_counted(places)}{f' of {shared}' if shared else ''}"
    spared = _city(others, everyone) or _shared(others, everyone, cities)
    if spared:
        return f"{len(places)} of {_counted(everyone)}, not those of {spared}"
    named = _named(places, everyone)
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"{len(places)} of {_counted(everyone)}: {', '.join(named[:_NAMED])}{more}"


def _city(places: Collection[str], everyone: Collection[str]) -> str:
    """Give the city of which these places are all clusters."""
    regions = {_fact("city", place, {}) for place in places}
    city = regions.pop()
    return "" if regions or {place for place in everyone if _fact("city", place, {}) == city} != {*places} else city


def _shared(places: Collection[str], everyone: Collection[str], cities: Mapping[str, City]) -> str:
    """Give what exactly these places have in common: a kind of cluster, a tier, an area, a wave; a city is none."""
    if _city(places, everyone):
        return ""
    for word in ("cluster", "tier", "area", "wave"):
        values = {_fact(word, place, cities) for place in places}
        if len(values) == 1:
            value = values.pop()
            if value and {place for place in everyone if _fact(word, place, cities) == value} == {*places}:
                return f"{word} {value}"
    return ""


def _fact(word: str, place: str, cities: Mapping[str, City]) -> str:
    region, _, cluster = place.partition("/")
    if word in {"city", "cluster"}:
        return region if word == "city" else cluster
    found = getattr(cities.get(region), word, None)
    return "" if found is None else str(found)


def _counted(places: Collection[str]) -> str:
    regions = {place.partition("/")[0] for place in places}
    if len(regions) == len(places):
        return f"{len(regions)} cities" if len(regions) > 1 else "1 city"
    return f"{len(places)} clusters of {f'{len(regions)} cities' if len(regions) > 1 else regions.pop()}"


def _named(places: Iterable[str], everyone: Collection[str]) -> list[str]:
    """Name places by their city, and by the cluster too where there are several."""
    is_clear = len({place.partition("/")[2] for place in everyone}) == 1
    return [place.partition("/")[0] if is_clear else place for place in sorted(places)]
