"""Merged values as YAML, with the place that set each of them behind its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.diagnostics import Location
from gitopsgen.emit import block, entry, inline, key_text
from gitopsgen.report.terminal import width

Path = tuple[str | int, ...]
Line = tuple[str, Path | None]  # the path of the scalar that begins on it

_COLUMN: Final = 64  # beyond it a place stands two blanks behind its line, so that the others keep their column


def lines(value: Any, path: Path, places: Mapping[Path, tuple[Location, ...]]) -> Iterator[str]:
    """Give YAML whose lines end with a comment: where the value was set, the first place of several."""
    found = list(_block(value, path, 0))
    column = max((width(text) for text, at in found if at is not None and width(text) <= _COLUMN), default=0)
    for text, at in found:
        set_by = places.get(at, ()) if at is not None else ()
        yield f"{text}{' ' * max(0, column - width(text))}  # {_told(set_by)}" if set_by else text


def _told(places: tuple[Location, ...]) -> str:
    first = places[0]
    line = f"{first.file}:{first.line}" if first.line else first.file
    return f"{line} and {len(places) - 1} more" if len(places) > 1 else line


def _block(value: Any, path: Path, indent: int) -> Iterator[Line]:
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _entry(str(key), each, (*path, key), indent)
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from _item(each, (*path, index), indent)
    else:
        yield from _scalar(block(value, indent), path)


def _entry(key: str, value: Any, path: Path, indent: int) -> Iterator[Line]:
    if _has_members(value):
        yield f"{' ' * indent}{key_text(key)}:", None
        yield from _block(value, path, indent + 2)
    else:
        yield from _scalar(entry(key, value, indent), path)


def _item(value: Any, path: Path, indent: int) -> Iterator[Line]:
    dash = f"{' ' * indent}- "
    if _has_members(value):
        (first, at), *rest = _block(value, path, indent + 2)
        yield f"{dash}{first[indent + 2 :]}", at
        yield from rest
    else:
        yield from _scalar(f"{dash}{inline(value, indent)}\n", path)


def _scalar(text: str, path: Path) -> Iterator[Line]:
    first, *rest = text.removesuffix("\n").split("\n")
    yield first, path
    yield from ((line, None) for line in rest)


def _has_members(value: Any) -> bool:
    return isinstance(value, Mapping | list) and bool(value)
