"""A folded difference for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.diff import Difference
from gitopsgen.report.difference.lines import cut, heading, hunk_lines, where
from gitopsgen.report.terminal import Paint, clean

_SHOWN: Final = 12  # lines of a hunk: a change of the whole fleet has to fit on a screen
_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}


def lines(difference: Difference, paint: Paint, *, is_full: bool = False) -> Iterator[str]:
    """Give the lines of a difference; only the first of each hunk, unless all are asked for."""
    for folded in difference.folded:
        yield paint(heading(folded), "bold")
        for hunk in folded.hunks:
            yield f"  {clean(where(difference, folded, hunk))}"
            told = hunk_lines(hunk)
            for mark, text in told if is_full else cut(told, _SHOWN):
                yield f"    {paint(f'{mark} {text}'.rstrip(), _STYLES[mark])}"
