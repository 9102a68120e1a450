"""A condition on a field of an object: where it stands, and what must be true of it.

Paths are dotted names; `[]` goes through a list, `[name=x]` to the items whose `name` is x, and a name with dots stands
in quotes. A path that begins with `pod` starts at the pods of a workload, with `container` at each of its containers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.model.variant import Path

_STEP: Final = re.compile(
    r"""\.?(?: (?P<each>\[\]) | \[(?P<key>[A-Za-z]+)=(?P<value>[^\]]+)\] | "(?P<quoted>[^"]+)"
        | (?P<name>[^.\["]+) )""",
    re.VERBOSE,
)
_CONTAINERS: Final = ("initContainers", "containers")
_PODS: Final[Mapping[str, tuple[str, ...]]] = {
    "CronJob.batch": ("spec", "jobTemplate", "spec", "template", "spec"),
    "DaemonSet.apps": ("spec", "template", "spec"),
    "Deployment.apps": ("spec", "template", "spec"),
    "Job.batch": ("spec", "template", "spec"),
    "Pod": ("spec",),
    "StatefulSet.apps": ("spec", "template", "spec"),
}

Hit = tuple[Path, Any]


@dataclass(frozen=True, slots=True)
class Each:
    """Goes through a list: all of it, or the items with a value at a key."""

    key: str = ""
    value: str = ""

    def items(self, found: Any) -> Iterator[tuple[int, Any]]:
        """Give the items with their places."""
        for index, item in enumerate(found if isinstance(found, list) else ()):
            if not self.key or (isinstance(item, dict) and item.get(self.key) == self.value):
                yield index, item


Steps = tuple[str | Each, ...]


def parse(text: str) -> Steps:
    """Give the steps of a written path; raises ValueError where it is none."""
    steps: list[str | Each] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise ValueError(f'"{text}" is no path of a field')
        key, value = match["key"] or "", match["value"] or ""
        steps.append(Each(key, value) if match["each"] or key else match["quoted"] or match["name"])
        at = match.end()
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Test:
    """What must be true of a value; what is not asked for is None."""

    equals: Any = None
    among: tuple[Any, ...] | None = None
    matches: re.Pattern[str] | None = None
    at_least: float | None = None
    has: tuple[Any, ...] | None = None

    def holds(self, value: Any) -> bool:
        """Tell whether it is true of a value."""
        if self.matches is not None:
            return isinstance(value, str) and self.matches.search(value) is not None
        if self.at_least is not None:
            return _number(value) is not None and (_number(value) or 0) >= self.at_least
        if self.among is not None:
            return any(_same(value, one) for one in self.among)
        if self.has is not None:
            return isinstance(value, list) and all(one in value for one in self.has)
        return _same(value, self.equals)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a field must hold.

    Where a path leads to several values, one that fits is enough, unless `every` asks for all of them, and that no
    item of a list lacks it; `missing` says that a field that is not there, or is empty, fits too, `none` that only
    such a one does.
    """

    steps: Steps
    test: Test | None = None  # None: it must be there, with something in it
    every: bool = False
    denied: bool = False
    missing: bool = False
    none: bool = False

    def hit(self, kind: str, data: Any) -> Hit | None:
        """Give the field that fits, with the value; None where the condition does not hold."""
        found = list(_members(kind, data, self.steps))
        there = [hit for hit in found if not _is_empty(hit[1]) or self._asks_for_empty]
        if not there or self.none:
            return ((), None) if not there and (self.missing or self.none) else None
        fitting = [hit for hit in there if self._fits(hit[1])]
        wanted = len(there) if self.missing else len(found)
        is_enough = len(fitting) == wanted if self.every else bool(fitting)
        return fitting[0] if is_enough else None

    def place(self, kind: str) -> Path:
        """Give the place where a person would look for the field: the part of its path before any list."""
        for steps in _written(kind, self.steps)[-1:]:
            names = [step for step in steps if isinstance(step, str)]
            return tuple(names[: next((at for at, step in enumerate(steps) if isinstance(step, Each)), len(steps))])
        return ()

    @property
    def _asks_for_empty(self) -> bool:
        return self.test is not None and self.test.equals in ({}, [])

    def _fits(self, value: Any) -> bool:
        return self.test is None or self.test.holds(value) is not self.denied


def _members(kind: str, data: Any, steps: Steps) -> Iterator[Hit]:
    for written in _written(kind, steps):
        yield from _walk(data, written, ())


def _written(kind: str, steps: Steps) -> tuple[Steps, ...]:
    """Give steps from the root of an object of a kind; none where it has no pods, and the steps begin there."""
    if not steps or steps[0] not in {"pod", "container"}:
        return (steps,)
    above, rest = _PODS.get(kind), steps[1:]
    if above is None:
        return ()
    if steps[0] == "pod":
        return ((*above, *rest),)
    return tuple((*above, name, Each(), *rest) for name in _CONTAINERS)


def _walk(data: Any, steps: Steps, path: Path) -> Iterator[Hit]:
    if not steps:
        yield path, data
        return
    first, *rest = steps
    found: list[tuple[int | str, Any]] = []
    if isinstance(first, Each):
        found = list(first.items(data))
    elif isinstance(data, dict) and first in data:
        found = [(first, data[first])]
    if not found and any(isinstance(step, int) for step in path):
        yield path, None  # an item that lacks it: whoever asks for every item has to know
    for step, value in found:
        yield from _walk(value, tuple(rest), (*path, step))


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (dict, list, str)) and not value)


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and bool(value == other)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
