"""A change that reaches every wave at once.

What it finds:
    Changes that are the same in all cities of two or more waves, once a case.

Why:
    Waves exist so that the canary cities tell of a mistake before the core has it. A change of a blueprint, or of a
    layer that all cities share, goes past them.

Example:
    # wave 0: canary
    replicas: 2
    ---
    # in cities of all waves
    replicas: 3

Instead:
    # wave 0: canary
    replicas: 2
    ---
    # in cities of wave 0 alone
    replicas: 3

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.diff import Difference, Object, Pair
from gitopsgen.review.change import Fleetwide

RULE = Rule("GG913", "whole-fleet-change", Severity.WARNING)

_CURE: Final = "make the change in the overlays of one wave first, and promote it wave by wave"


def check(difference: Difference) -> Iterator[Fleetwide]:
    """Report, once a case, what changes in all cities of several waves."""
    skipping: dict[str, dict[Object, set[str]]] = {}
    waves: dict[str, set[int]] = {}
    for folded in difference.folded:
        case = folded.objects[0].case
        for hunk in folded.hunks:
            whole = _whole_waves(difference, set(hunk.places), folded.holders)
            if case and len(whole) > 1:
                waves.setdefault(case, set()).update(whole)
                for one in folded.objects:
                    skipping.setdefault(case, {}).setdefault(one, set()).update(hunk.places)
    pairs = _widest(difference)
    for case, objects in sorted(skipping.items()):
        number = "1 object" if len(objects) == 1 else f"{len(objects)} objects"
        message = f'{number} of "{case}" at once in all cities of the waves {", ".join(map(str, sorted(waves[case])))}'
        places = sorted(set().union(*objects.values()))
        yield Fleetwide(pairs[next(iter(objects))], tuple(places), message, _CURE)


def _whole_waves(difference: Difference, places: set[str], holders: frozenset[str]) -> set[int]:
    """Give the waves of which a change reaches every city that has the object."""
    by_wave: dict[int, set[str]] = {}
    for place in holders:
        wave = _wave(difference, place)
        if wave is not None:
            by_wave.setdefault(wave, set()).add(place)
    return {wave for wave, members in by_wave.items() if members <= places}


def _widest(difference: Difference) -> dict[Object, Pair]:
    """Give for each object the versions that most places have."""
    return {pair.object: pair for pair in sorted(difference.pairs, key=lambda pair: len(pair.files))}


def _wave(difference: Difference, place: str) -> int | None:
    city = difference.cities.get(place.partition("/")[0])
    return city.wave if city else None
