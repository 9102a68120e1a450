"""What changed in the fleet since a revision, folded, its dangers first."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from gitopsgen.diff import Difference, Folded, shown
from gitopsgen.pipeline.comparison import DiffOptions, diff
from gitopsgen.report import json, ordered
from gitopsgen.report.difference.lines import cut, heading, hunk_lines, summary, where

_LONGEST: Final = 60  # lines of a hunk; `diff --full` has all
_MOST: Final = 400  # hunks of the whole page


def change_record(root: Path, base: str) -> dict[str, Any]:
    """Compare the output in the work tree with a revision, secrets masked.

    Raises `UsageError` where there is no repository, no such revision, or no output in it.
    """
    report = diff(root, DiffOptions(base))
    found = report.difference
    hunks = sum(len(one.hunks) for one in found.folded)
    return {
        "base": report.base,
        "named": base,
        "summary": summary(found),
        "dangers": [json.record(one) for one in ordered(report.diagnostics)],
        "changes": list(_changes(found)),
        "leftOut": max(0, hunks - _MOST),
    }


def _changes(found: Difference) -> list[dict[str, Any]]:
    room, told = _MOST, []
    for one in found.folded:
        if room > 0:
            told.append(_change(found, one, room))
        room -= len(one.hunks)
    return told


def _change(found: Difference, one: Folded, most: int) -> dict[str, Any]:
    return {
        "heading": heading(one),
        "case": shown(one.objects[0].case),
        "status": one.status.value,
        "hunks": [
            {
                "where": where(found, one, hunk),
                "places": len(hunk.places),
                "lines": [[line.mark, line.text] for line in cut(hunk_lines(hunk), _LONGEST)],
            }
            for hunk in one.hunks[:most]
        ],
    }
