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
from gitopsgen.diff import Change, Difference, Folded, Hunk, Pair
from gitopsgen.review.change import Fleetwide

RULE = Rule("GG913", "whole-fleet-change", Severity.WARNING)

_CURE: Final = "make the change in the overlays of one wave first, and promote it wave by wave"


def check(difference: Difference) -> Iterator[Fleetwide]:
    """Report, once a case, what changes in all cities of several waves."""
    skipping: dict[str, list[tuple[Folded, Hunk]]] = {}
    waves: dict[str, set[int]] = {}
    for folded in difference.folded:
        case = folded.objects[0].case
        for hunk in folded.hunks:
            whole = _whole_waves(difference, set(hunk.places), folded.holders)
            if case and len(whole) > 1:
                waves.setdefault(case, set()).update(whole)
                skipping.setdefault(case, []).append((folded, hunk))
    for case, found in sorted(skipping.items()):
        objects = len({one for folded, _ in found for one in folded.objects})
        number = "1 object" if objects == 1 else f"{objects} objects"
        message = f'{number} of "{case}" at once in all cities of the waves {", ".join(map(str, sorted(waves[case])))}'
        places = tuple(sorted({place for _, hunk in found for place in hunk.places}))
        yield Fleetwide(*_shown(difference, *found[0]), places, message, _CURE)


def _shown(difference: Difference, folded: Folded, hunk: Hunk) -> tuple[Pair, Change]:
    """Give a change of a hunk, and the versions of the object that most places have with it."""
    change = hunk.changes[0]
    pairs = (pair for pair in difference.pairs if pair.object == folded.objects[0] and change in pair.changes)
    return max(pairs, key=lambda pair: len(pair.files)), change


def _whole_waves(difference: Difference, places: set[str], holders: frozenset[str]) -> set[int]:
    """Give the waves of which a change reaches every city that has the object."""
    by_wave: dict[int, set[str]] = {}
    for place in holders:
        wave = _wave(difference, place)
        if wave is not None:
            by_wave.setdefault(wave, set()).add(place)
    return {wave for wave, members in by_wave.items() if members <= places}


def _wave(difference: Difference, place: str) -> int | None:
    city = difference.cities.get(place.partition("/")[0])
    return city.wave if city else None
