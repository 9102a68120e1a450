"""What a template put into a file that was there, brought to the template of today: merged three ways, by member.

Base is the fragment that was put in (the lock has it), theirs the one of today, ours the whole file. Members are known
by their key, items of lists as `edits` knows them. What people changed stays, and so does every other byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from gitopsgen.scaffold.edits import (
    Cut,
    addition,
    applied,
    composed,
    identity,
    named_members,
    plain,
    removal,
    replacement,
)


@dataclass(frozen=True, slots=True)
class Clash:
    """A place (counted from 1) where people and the template have changed the same; what the template has now."""

    line: int
    column: int
    theirs: str


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts that nodes are of: the file, and the fragment of today."""

    own: str
    fragment: str


def merge_entry(text: str, base: str, theirs: str, file: str) -> tuple[str, tuple[Clash, ...]]:
    """Give the text with what changed from one fragment to the other, and where that could not be."""
    before, after = composed(base, file), composed(theirs, file)
    while True:
        found = list(_differences(_Texts(text, theirs), composed(text, file), before, after))
        cut = next((one for one in found if isinstance(one, Cut)), None)
        if cut is None:
            return text, tuple(one for one in found if isinstance(one, Clash))
        text = applied(text, [cut])  # one after the other: each moves what stands behind it


def _differences(texts: _Texts, own: Any, before: Any, after: Any) -> Iterator[Cut | Clash]:
    """Compare a collection of the text with what the template had and has of it; None where it has none."""
    ours, had, has = _keyed(own), _keyed(before), _keyed(after)
    for key, (step, new) in has.items():
        old = had[key][1] if key in had else None
        if key in ours:
            if not _is_same(ours[key][1], new) and not _is_same(new, old):
                yield from _changed(texts, (own, ours[key]), old, (after, (step, new)))
        elif key not in had:  # else people took it out
            yield addition(texts.own, own, texts.fragment, after, [step])
    for key in [key for key in had if key in ours and key not in has]:
        place, value = ours[key]
        if _is_same(value, had[key][1]):
            yield removal(texts.own, own, place)
        elif _is_alike(value, had[key][1]):
            yield from _differences(texts, value, had[key][1], None)
        else:
            yield _clash(value, "nothing")


def _changed(texts: _Texts, own: Any, old: Any, other: Any) -> Iterator[Cut | Clash]:
    """Compare a member that the template has changed, and that is not like it here."""
    (node, (place, value)), (source, (step, new)) = own, other
    is_list_as_it_was = isinstance(value, yaml.SequenceNode) and _is_same(value, old)
    if _is_alike(value, new) and not is_list_as_it_was:
        yield from _differences(texts, value, old if _is_alike(old, new) else None, new)
    elif _is_same(value, old):
        yield replacement(texts.own, (node, place), texts.fragment, (source, step))
    else:
        yield _clash(value, texts.fragment[new.start_mark.index : new.end_mark.index])


def _keyed(node: Any) -> dict[Any, tuple[Any, Any]]:
    if node is None:
        return {}
    is_list = isinstance(node, yaml.SequenceNode)
    return {identity(value) if is_list else step: (step, value) for step, value in named_members(node)}


def _is_alike(one: Any, other: Any) -> bool:
    return isinstance(one, yaml.CollectionNode) and type(one) is type(other)


def _is_same(one: Any, other: Any) -> bool:
    return other is not None and bool(plain(one) == plain(other))


def _clash(node: Any, theirs: str) -> Clash:
    return Clash(node.start_mark.line + 1, node.start_mark.column + 1, " ".join(theirs.split()))
