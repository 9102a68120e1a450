"""A change that reaches every wave at once.

What it finds:
    Changes of a case that are the same in all its cities, where those cities belong to more than one wave.

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
from gitopsgen.diff import Difference, Object
from gitopsgen.review.change import Fleetwide

RULE = Rule("GG913", "whole-fleet-change", Severity.WARNING)

_CURE: Final = "make the change in the overlays of one wave first, and promote it wave by wave"


def check(difference: Difference) -> Iterator[Fleetwide]:
    """Report, once a case, what changes in all its cities."""
    pairs = {pair.object: pair for pair in difference.pairs}
    objects: dict[str, dict[Object, None]] = {}
    places: dict[str, set[str]] = {}
    for folded in difference.folded:
        case = folded.objects[0].case
        if case and folded.holders and any(folded.holders <= set(hunk.places) for hunk in folded.hunks):
            objects.setdefault(case, {}).update(dict.fromkeys(folded.objects))
            places.setdefault(case, set()).update(folded.holders)
    for case, found in sorted(objects.items()):
        waves = sorted({wave for place in places[case] if (wave := _wave(difference, place)) is not None})
        if len(waves) > 1:
            number = "1 object changes" if len(found) == 1 else f"{len(found)} objects change"
            message = f'{number} of "{case}" at once in the waves {", ".join(map(str, waves))}'
            yield Fleetwide(pairs[next(iter(found))], tuple(sorted(places[case])), message, _CURE)


def _wave(difference: Difference, place: str) -> int | None:
    city = difference.cities.get(place.partition("/")[0])
    return city.wave if city else None
