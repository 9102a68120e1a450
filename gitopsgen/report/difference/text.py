"""A folded difference for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from gitopsgen.diff import Difference, Folded, Hunk, Status, shown
from gitopsgen.report.difference.lines import Line, cut, heading, hunk_lines, object_name, summed, where
from gitopsgen.report.terminal import Paint, clean

_SHOWN: Final = 12  # lines of a hunk: a change of the whole fleet has to fit on a screen
_SAMPLES: Final = 3  # of hunks that differ in their values alone
_MANY: Final = 12
_WIDTH: Final = 100
_TIED: Final = "\u00a0"  # no line ends there
_FEW: Final = 3  # objects that come or go together and are still told one by one
_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}


def lines(difference: Difference, paint: Paint, *, is_full: bool = False) -> Iterator[str]:
    """Give the lines of a difference; only the first of each hunk, unless all are asked for."""
    for together in [[one] for one in difference.folded] if is_full else _together(difference.folded):
        if len(together) > _FEW:
            yield from _named(difference, together, paint)
        else:
            for folded in together:
                yield from _told(difference, folded, paint, is_full=is_full)


def _told(difference: Difference, folded: Folded, paint: Paint, *, is_full: bool) -> Iterator[str]:
    yield paint(heading(folded), "bold")
    left_out = () if is_full else _left_out(folded)
    for hunk in folded.hunks:
        if hunk not in left_out:
            told = hunk_lines(hunk)
            yield from _hunk(where(difference, folded, hunk), told if is_full else cut(told, _SHOWN), paint)
    if left_out:
        yield f"  … {len(left_out)} more, all with values of their own in the same fields; --full shows them"


def _named(difference: Difference, together: Sequence[Folded], paint: Paint) -> Iterator[str]:
    """Give the names of objects that come, or go, in the same places, or how many there are of each kind.

    What is in them would fill many screens.
    """
    first, objects = together[0], [one for folded in together for one in folded.objects]
    mark = "+" if first.status is Status.ADDED else "-"
    names = [clean(object_name(one)) for one in objects]
    if len(names) > _SHOWN:
        kinds = Counter(clean(shown(one.kind)) for one in objects)
        counted = wrap(", ".join(f"{count}{_TIED}{kind}" for kind, count in kinds.items()), _WIDTH)
        names = [line.replace(_TIED, " ") for line in counted]
    yield paint(summed(first, len(objects)), "bold")
    told = [*(Line(mark, name) for name in names), Line("@", "--full shows them")]
    yield from _hunk(where(difference, first, first.hunks[0]), told, paint)


def _hunk(place: str, told: Sequence[Line], paint: Paint) -> Iterator[str]:
    yield f"  {clean(place)}"
    for mark, text in told:
        yield f"    {paint(f'{mark} {text}'.rstrip(), _STYLES[mark])}"


def _together(every: Sequence[Folded]) -> list[list[Folded]]:
    """Put together what comes, or goes, of a case in the same places; all else stays by itself."""
    found: dict[object, list[Folded]] = {}
    for index, folded in enumerate(every):
        is_whole = folded.status is not Status.CHANGED and len(folded.hunks) == 1
        key = (folded.objects[0].case, folded.status, folded.hunks[0].places, folded.holders) if is_whole else index
        found.setdefault(key, []).append(folded)
    return list(found.values())


def _left_out(folded: Folded) -> Sequence[Hunk]:
    """Give hunks of which a few say enough: where each city has its own value there is no rest to differ from.

    Where more than half are alike, the others differ from them, and all are shown.
    """
    alike: dict[object, list[Hunk]] = {}
    for hunk in folded.hunks:
        alike.setdefault(tuple((one.path, one.sort, not one.old, not one.new) for one in hunk.changes), []).append(hunk)
    found: list[Hunk] = []
    for hunks in alike.values():
        places = sum(len(hunk.places) for hunk in hunks)
        if len(hunks) > _MANY and 2 * len(hunks[0].places) <= places:
            found += hunks[_SAMPLES:]
    return found
