"""A change that reaches several waves at once.

What it finds:
    Changes that are the same in most clusters of two or more waves, once a case. The waves are those of the case, as
    `overlays/rollouts.yaml` declares them; of a case that is not in the project, those of the cities.

Why:
    Waves exist so that the canary cities tell of a mistake before the core has it. A change of a blueprint, or of a
    layer that all cities share, goes past them.

Example:
    # wave canary
    replicas: 2
    ---
    # in cities of all waves
    replicas: 3

Instead:
    # wave canary
    replicas: 2
    ---
    # in cities of the wave canary alone
    replicas: 3

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitopsgen.check.rule import Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.diff import Change, Difference, Folded, Hunk, Pair
from gitopsgen.review.change import Fleetwide

RULE = Rule("GG913", "whole-fleet-change", Severity.WARNING)

_CURE: Final = "make the change in the overlays of one wave first, and promote it wave by wave"

Waves = Mapping[str, frozenset[str]]  # the places of each wave, in the order in which changes reach them


def check(difference: Difference) -> Iterator[Fleetwide]:
    """Report, once a case, what changes in most clusters of several waves."""
    skipping: dict[str, list[tuple[Folded, Hunk]]] = {}
    reached: dict[str, set[str]] = {}
    waves = {one.case: _waves(difference, one.case) for folded in difference.folded for one in folded.objects}
    for folded in difference.folded:
        case = folded.objects[0].case
        for hunk in folded.hunks:
            mostly = _reached(waves[case], frozenset(hunk.places), folded.holders)
            if case and len(mostly) > 1:
                reached.setdefault(case, set()).update(mostly)
                skipping.setdefault(case, []).append((folded, hunk))
    for case, found in sorted(skipping.items()):
        objects = len({one for folded, _ in found for one in folded.objects})
        number = "1 object" if objects == 1 else f"{objects} objects"
        named = ", ".join(name for name in waves[case] if name in reached[case])
        places = tuple(sorted({place for _, hunk in found for place in hunk.places}))
        clusters = f"{len(places)} clusters of the waves {named}"
        yield Fleetwide(*_shown(difference, *found[0]), places, f'{number} of "{case}" at once in {clusters}', _CURE)


def _shown(difference: Difference, folded: Folded, hunk: Hunk) -> tuple[Pair, Change]:
    """Give a change of a hunk, and the versions of the object that most places have with it."""
    change = hunk.changes[0]
    pairs = (pair for pair in difference.pairs if pair.object == folded.objects[0] and change in pair.changes)
    return max(pairs, key=lambda pair: len(pair.files)), change


def _waves(difference: Difference, case: str) -> Waves:
    """Give the waves of a case; where the project does not know it any more, the waves of the cities."""
    if case in difference.waves:
        return difference.waves[case]
    by_number: dict[int, set[str]] = {}
    for place in {place for folded in difference.folded if folded.objects[0].case == case for place in folded.holders}:
        city = difference.cities.get(place.partition("/")[0])
        if city and city.wave is not None:
            by_number.setdefault(city.wave, set()).add(place)
    return {str(number): frozenset(places) for number, places in sorted(by_number.items())}


def _reached(waves: Waves, places: frozenset[str], holders: frozenset[str]) -> set[str]:
    """Give the waves of which a change reaches more than half of the clusters that have the object.

    One that reaches some of a wave is a change of those; one that spares some, as their overlays do, is one of a wave.
    """
    could = {name: members & (holders | places) for name, members in waves.items()}
    return {name for name, members in could.items() if 2 * len(members & places) > len(members)}
