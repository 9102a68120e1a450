"""A folded difference for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gitopsgen.diff import Difference, Folded, Hunk
from gitopsgen.report.difference.lines import cut, heading, hunk_lines, where
from gitopsgen.report.terminal import Paint, clean

_SHOWN: Final = 12  # lines of a hunk: a change of the whole fleet has to fit on a screen
_SAMPLES: Final = 3  # of hunks that differ in their values alone
_MANY: Final = 12
_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}


def lines(difference: Difference, paint: Paint, *, is_full: bool = False) -> Iterator[str]:
    """Give the lines of a difference; only the first of each hunk, unless all are asked for."""
    for folded in difference.folded:
        yield paint(heading(folded), "bold")
        left_out = () if is_full else _left_out(folded)
        for hunk in folded.hunks:
            if hunk not in left_out:
                yield f"  {clean(where(difference, folded, hunk))}"
                told = hunk_lines(hunk)
                for mark, text in told if is_full else cut(told, _SHOWN):
                    yield f"    {paint(f'{mark} {text}'.rstrip(), _STYLES[mark])}"
        if left_out:
            yield f"  … {len(left_out)} more, all with values of their own in the same fields; --full shows them"


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
