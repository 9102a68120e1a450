"""A folded difference for programs."""

from __future__ import annotations

import json
from typing import Any

from gitopsgen.diff import Change, Difference, Folded, Key, Object, Step, shown
from gitopsgen.report.difference.lines import where


def records(difference: Difference) -> dict[str, list[Any]]:
    """Give the changes, and what each label in them stands for, by place."""
    places = sorted({place for folded in difference.folded for hunk in folded.hunks for place in hunk.places})
    names = [{"place": place, "names": dict(difference.names[place, ""].labels)} for place in places]
    return {"changes": [_folded(difference, folded) for folded in difference.folded], "places": names}


def _folded(difference: Difference, folded: Folded) -> dict[str, Any]:
    hunks = [
        {
            "where": where(difference, folded, hunk),
            "places": list(hunk.places),
            "fields": [_field(change) for change in hunk.changes],
        }
        for hunk in folded.hunks
    ]
    return {
        "case": shown(folded.objects[0].case),
        "status": folded.status.value,
        "objects": [_object(one) for one in folded.objects],
        "holders": len(folded.holders),
        "hunks": hunks,
    }


def _object(one: Object) -> dict[str, str]:
    return {name: shown(getattr(one, name)) for name in ("group", "kind", "namespace", "name", "file")}


def _field(change: Change) -> dict[str, Any]:
    return {
        "path": [_step(step) for step in change.path],
        "sort": change.sort.value,
        "at": change.at,
        "old": _value(change.old),
        "new": _value(change.new),
    }


def _step(step: Step) -> Any:
    if isinstance(step, Key):
        return {name: _value(value) for name, value in step.fields if value}
    return shown(step) if isinstance(step, str) else step


def _value(text: str) -> Any:
    return json.loads(shown(text)) if text else None
