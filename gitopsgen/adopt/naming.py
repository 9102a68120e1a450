"""What values are called: the object's name and the way to the field, as short as tells them apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from gitopsgen.adopt.nodes import Value

Path = tuple[str, ...]

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._/-]+")
_RESERVED: Final = frozenset({"patches"})  # where a city's file says something else
_LEVELS: Final = 3


def paths(values: Sequence[tuple[str, str, Value]]) -> Mapping[Value, Path]:
    """Give each value its path; it comes with the kind and the name of its object, empty for one of the case itself.

    Of two that would have one path, or of which one would stand inside the other, both get a longer one.
    """
    levels = [0] * len(values)
    while True:
        named = [_path(*one, level) for one, level in zip(values, levels, strict=True)]
        clashing = [at for at in _clashing(named) if levels[at] < _LEVELS]
        if not clashing:
            return {value: path for (_, _, value), path in zip(values, _numbered(named), strict=True)}
        for at in clashing:
            levels[at] += 1


def _path(kind: str, name: str, value: Value, level: int) -> Path:
    steps = [step.word for step in value.field if step.is_telling or level > 1]
    if not steps or steps == ["enabled"]:
        steps = [*(step.word for step in value.field[-2:-1]), *steps] if len(value.field) > 1 else steps
    words = [_word(step) for step in steps or ["all"]]
    if not name:
        return tuple(words)
    kinds = [kind[:1].lower() + kind[1:]] if level > 0 else []
    first = _word(name)
    return (f"{first}-object" if first in _RESERVED else first, *kinds, *words)


def _word(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-") or "item"


def _clashing(named: Sequence[Path]) -> list[int]:
    owners: dict[Path, list[int]] = {}
    for at, path in enumerate(named):
        owners.setdefault(path, []).append(at)
    found = {at for them in owners.values() if len(them) > 1 for at in them}
    for at, path in enumerate(named):
        inside = [one for end in range(1, len(path)) for one in owners.get(path[:end], ())]
        if inside:
            found.update((at, *inside))
    return sorted(found)


def _numbered(named: Sequence[Path]) -> list[Path]:
    """Give paths of which none is, or is inside, another; most are so already."""
    taken: set[Path] = set()
    result = []
    for path in named:
        number, free = 1, path
        while _is_taken(free, taken):
            number += 1
            free = (f"{path[0]}-{number}", *path[1:])
        taken.add(free)
        result.append(free)
    return result


def _is_taken(path: Path, taken: set[Path]) -> bool:
    is_inside = any(path[:end] in taken for end in range(1, len(path) + 1))
    return is_inside or any(one[: len(path)] == path for one in taken)
