"""What all formats say alike: the headings of a difference, and the lines of a hunk.

A hunk is told as YAML where objects, or parts of them, come or go, and as one line a field where values change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from gitopsgen.diff import (
    MISSING,
    NOTHING,
    Change,
    Difference,
    Folded,
    Hunk,
    Key,
    Object,
    Sort,
    Status,
    Step,
    applied,
    is_checksum,
    label,
    shown,
)
from gitopsgen.emit import block, inline
from gitopsgen.report.terminal import clean

_WIDEST: Final = 160
_NAMED: Final = 3  # objects that are named before they are counted
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")


class Line(NamedTuple):
    """One line: `+` what is new, `-` what was, `@` where it is."""

    mark: str
    text: str


def where(difference: Difference, folded: Folded, hunk: Hunk) -> str:
    """Give where a hunk holds."""
    return label(hunk.places, folded.holders, difference.cities)


def heading(folded: Folded) -> str:
    """Give what a folded change is of: `payment-gateway: Deployment payment/opa (added)`."""
    named = ", ".join(object_name(one) for one in folded.objects[:_NAMED])
    more = f" and {len(folded.objects) - _NAMED} more" if len(folded.objects) > _NAMED else ""
    case = f"{shown(folded.objects[0].case)}: " if folded.objects[0].case else ""
    status = "" if folded.status is Status.CHANGED else f" ({folded.status.value})"
    return clean(f"{case}{named}{more}{status}")


def summed(folded: Folded, number: int) -> str:
    """Give the same of so many objects that come, or go, together: `payment-gateway: 12 objects (added)`."""
    case = f"{shown(folded.objects[0].case)}: " if folded.objects[0].case else ""
    return clean(f"{case}{number} objects ({folded.status.value})")


def object_name(one: Object) -> str:
    """Give kind and names of an object, or the path of a file."""
    name = f"{one.namespace}/{one.name}" if one.namespace else one.name or one.file
    return shown(f"{one.kind} {name}")


def summary(difference: Difference) -> str:
    """Give the whole in one sentence."""
    places = {place for folded in difference.folded for hunk in folded.hunks for place in hunk.places}
    counts = ", ".join(f"{number} {status.value}" for status in Status if (number := _count(difference, status)))
    differ = "file differs" if difference.layout == 1 else "files differ"
    layout = f"; {difference.layout} {differ} in nothing that a cluster reads" if difference.layout else ""
    if not counts:
        return f"no difference{layout}{_unrendered(difference.inputs)}"
    clusters = [place for place in places if "/" in place]  # what Argo CD is told belongs to none
    regions = {place.partition("/")[0] for place in clusters}
    of = f", in {_plural(len(clusters), 'cluster')} of {_plural(len(regions), 'city')}" if clusters else ""
    return f"objects: {counts}{of}{layout}"


def _unrendered(inputs: int) -> str:
    """Say that inputs differ all the same: most often, somebody has not rendered yet."""
    differ = "1 input differs" if inputs == 1 else f"{inputs} inputs differ"
    return f", but {differ}: diff --render shows what comes of that" if inputs else ""


def _count(difference: Difference, status: Status) -> int:
    return len({one for folded in difference.folded if folded.status is status for one in folded.objects})


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word[:-1]}ies" if word[-1] == "y" else f"{number} {word}s"


def hunk_lines(hunk: Hunk) -> list[Line]:
    """Give the lines of a hunk; labels stand where names differ, control characters are made visible."""
    found = (line for _, changes in groupby(hunk.changes, key=_group) for line in _lines(list(changes)))
    return [Line(mark, _cut(clean(text))) for mark, text in found]


def cut(lines: Sequence[Line], most: int) -> list[Line]:
    """Give at most so many lines, and say how many are left out."""
    left = len(lines) - most
    return list(lines) if left <= 1 else [*lines[:most], Line("@", f"… {left} more lines")]


def _group(change: Change) -> Any:
    """Give what changes that are told together have in common: all of a part that came, or went."""
    if change.sort is not Sort.FIELD or NOTHING not in {change.old, change.new}:
        return change
    return change.path[: change.root], change.new == NOTHING


def _lines(changes: list[Change]) -> Iterator[Line]:
    first = changes[0]
    if first.sort is Sort.ORDER:
        yield Line("@", f"{path_text(first.path)}: in another order")
        for mark, names in zip("-+", _moved(_keys(first.old), _keys(first.new)), strict=True):
            yield Line(mark, ", ".join(names))
    elif is_checksum(first.old) and is_checksum(first.new):
        yield Line("@", f"{path_text(first.path)}: another one")
    elif first.sort is Sort.FIELD and NOTHING not in {first.old, first.new}:
        for mark, side in (("-", first.old), ("+", first.new)):
            yield from _entry(mark, first.path, json.loads(shown(side)))
    elif first.sort is Sort.FIELD:
        mark = "+" if first.old == NOTHING else "-"
        part = [
            change._replace(path=change.path[first.root :], old=NOTHING, new=change.new or change.old)
            for change in changes
        ]
        yield from _entry(mark, first.path[: first.root], applied(MISSING, map(_labelled, part)))
    else:
        at = f"line {first.at + 1}" if first.sort is Sort.LINES else f"item {first.at}"
        yield Line("@", f"{path_text(first.path)}, {at}".lstrip(", "))
        for mark, side in (("-", first.old), ("+", first.new)):
            items = json.loads(shown(side))
            yield from (Line(mark, text) for text in (items if first.sort is Sort.LINES else _block(items)))


def _entry(mark: str, path: tuple[Step, ...], value: Any) -> Iterator[Line]:
    name = path_text(path)
    lines = [inline(value, 0)] if not isinstance(value, dict | list) or not value else _block(value)
    if len(lines) == 1 and "\n" in lines[0]:
        lines = lines[0].rstrip("\n").split("\n")
        yield Line(mark, f"{name}: {lines.pop(0)}".removeprefix(": "))
    elif len(lines) == 1 and name:
        yield Line(mark, f"{name}: {lines.pop()}")
    elif name:
        yield Line(mark, f"{name}:")
    yield from (Line(mark, f"  {line}" if name else line) for line in lines)


def _block(value: Any) -> list[str]:
    return block(value, 0).rstrip("\n").split("\n") if value else []


def _labelled(change: Change) -> Change:
    steps = (shown(step) if isinstance(step, str) else step for step in change.path)
    return change._replace(path=tuple(steps), new=shown(change.new))


def _keys(text: str) -> list[str]:
    return [str(Key(tuple((name, value) for name, value in fields))) for fields in json.loads(shown(text))]


def _moved(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Leave out what two orders begin and end with alike, but for the neighbours of what differs."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    start, sides = max(0, head - 1), []
    for side in (old, new):
        end = min(len(side), len(side) - tail + 1)
        sides.append([*(["…"] if start else []), *side[start:end], *(["…"] if end < len(side) else [])])
    return sides[0], sides[1]


def _alike(one: list[str], other: list[str]) -> int:
    """Count the items with which both begin."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def path_text(path: Sequence[Step]) -> str:
    """Give a path as people write it: `spec.containers[opa].args[0]`."""
    parts = []
    for step in path:
        if isinstance(step, str):
            name = shown(step)
            parts.append(f".{name}" if _PLAIN.fullmatch(name) else f"[{json.dumps(name, ensure_ascii=False)}]")
        else:
            parts.append(f"[{shown(str(step))}]")
    return "".join(parts).removeprefix(".")


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"
