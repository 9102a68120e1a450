"""Paths of fields as people write them: `spec.containers[0].image`, `metadata.labels["a.b/c"]`."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.variant import Path

_STEP: Final = re.compile(
    r"""\.?(?: \[(?P<index>[0-9]+)\] | \[(?P<quoted>"(?:[^"\\]|\\.)*")\] | (?P<name>(?:[^.\[\\]|\\.)+) )""", re.VERBOSE
)
_PLAIN: Final = re.compile(r"[^.\[\]\\\"]+")


def parse_path(text: str) -> Path:
    """Give the steps of a path; raises UsageError where it cannot be read."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise UsageError(f'"{text}" is no path of a field: write spec.ports[0].name, or labels["a.b/c"]')
        if match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["quoted"] is not None:
            steps.append(json.loads(match["quoted"]))
        else:
            steps.append(re.sub(r"\\(.)", r"\1", match["name"]))
        at = match.end()
    return tuple(steps)


def shown(path: Path) -> str:
    """Give a path as `parse_path` reads it."""
    parts = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN.fullmatch(step):
            parts.append(f".{step}")
        else:
            parts.append(f"[{json.dumps(step, ensure_ascii=False)}]")
    return "".join(parts).removeprefix(".")


def member(data: Any, path: Path) -> Any:
    """Give the part of plain data at a path; raises KeyError where there is none."""
    for step in path:
        is_key = isinstance(data, dict) and isinstance(step, str)
        if not is_key and not (isinstance(data, list) and isinstance(step, int) and step < len(data)):
            raise KeyError(step)
        data = data[step]
    return data


def resolve(data: Any, text: str) -> Path:
    """Read a path by what is there: keys with dots need no quotes where only one reading exists.

    Raises UsageError where nothing is there.
    """
    path = parse_path(text)
    if has_member(data, path):
        return path
    found = list(_readings(data, text))
    if len(found) != 1:
        raise UsageError(f'there is no field "{text}"{_known(data, path)}')
    return found[0]


def has_member(data: Any, path: Path) -> bool:
    """Tell whether plain data has something at a path."""
    try:
        member(data, path)
    except KeyError:
        return False
    return True


def _readings(data: Any, text: str) -> Iterator[Path]:
    if not text:
        yield ()
    elif isinstance(data, dict):
        for key, value in data.items():
            rest = text.removeprefix(key)
            if rest != text and (not rest or rest[0] in ".["):
                for inner in _readings(value, rest.removeprefix(".")):
                    yield (key, *inner)
    elif isinstance(data, list) and (match := re.match(r"\[(\d+)\]\.?", text)) and int(match[1]) < len(data):
        for inner in _readings(data[int(match[1])], text[match.end() :]):
            yield (int(match[1]), *inner)


def _known(data: Any, path: Path) -> str:
    """Say what stands where the path ends: the name that may be meant, or the first of those there are."""
    depth = next(depth for depth in range(len(path), -1, -1) if has_member(data, path[:depth]))
    held = member(data, path[:depth])
    where = f"in {shown(path[:depth])}" if depth else "at the top"
    if isinstance(held, list):
        return f"; {where} stands a list of length {len(held)}, counted from 0"
    if not isinstance(held, dict) or not held:
        return ""
    meant = difflib.get_close_matches(str(path[depth]), held, n=1)
    return f'; did you mean "{meant[0]}"?' if meant else f"; {where} stand {', '.join(list(held)[:12])}"
