"""Where in a YAML or JSON text a field stands: a path to line and column, found only when asked.

Walks the event stream again instead of keeping marks: positions are needed for findings and
explanations, not on the common path. Knows nothing of what the fields mean.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml import events
from yaml._yaml import CParser

from gitopsgen.diagnostics import Location

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitopsgen.model.variant import Path, Step

Position = tuple[int, int]
_NOWHERE: Final = "\0"  # the step of a value whose key is a mapping or a list: nobody can ask for it


def locate(text: str, path: Path, *, key: bool = False, file: str = "") -> Location:
    """Give the place of the value at `path`, or of its key; else of the nearest enclosing node."""
    return Location(file, *positions(text, [(path, key)])[path, key])


def positions(text: str, wanted: Iterable[tuple[Path, bool]]) -> dict[tuple[Path, bool], Position]:
    """Give line and column, from 1, of many fields in one pass; the flag asks for the key.

    What is not there gets the place of the nearest enclosing node that is.
    A mapping or list in block style is found at its key: that is where a reader looks for it.
    """
    asked = list(wanted)
    seeker = _Seeker({path[:length] for path, _ in asked for length in range(len(path) + 1)})
    # A text may have a syntax error of its own: what stands before it is still found.
    with contextlib.suppress(yaml.YAMLError):
        seeker.run(CParser(text))
    return {(path, key): seeker.nearest(path, key=key) for path, key in asked}


class PlaceIndex:
    """The places of all fields of one text, for those who will ask for many."""

    def __init__(self, file: str, text: str) -> None:
        """Walk the text once."""
        self.file = file
        self._seeker = _Seeker(None)
        with contextlib.suppress(yaml.YAMLError):
            self._seeker.run(CParser(text))

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Give what `locate` gives."""
        return Location(self.file, *self._seeker.nearest(path, key=key))

    def path_at(self, position: Position) -> Path | None:
        """Give the path of what begins last before a position, on its line; None where nothing does."""
        begun = [
            (place, path)
            for places in (self._seeker.values, self._seeker.keys)
            for path, place in places.items()
            if place[0] == position[0] and place[1] <= position[1] and path
        ]
        return max(begun, key=lambda one: (one[0], len(one[1])))[1] if begun else None


class _Seeker:
    """The state of one pass: the path of the current node, and the places found so far.

    Without `paths` it notes every place.
    """

    def __init__(self, paths: set[Path] | None) -> None:
        self.paths = paths
        self.values: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self.stack: list[tuple[bool, Path | None]] = []  # of open containers: is it a list, and its path
        self.step: Step | None = None  # index of the next item, or the key whose value comes next
        self.steps: list[Step | None] = []
        self.key_place: Position = (1, 1)

    def run(self, parser: Any) -> None:
        missing = -1 if self.paths is None else len(self.paths)
        while missing != len(self.values):
            event = parser.get_event()
            kind = type(event)
            if kind in (events.MappingStartEvent, events.SequenceStartEvent):
                self._open(event, is_list=kind is events.SequenceStartEvent)
            elif kind in (events.MappingEndEvent, events.SequenceEndEvent):
                self._close()
            elif kind in (events.ScalarEvent, events.AliasEvent):
                self._leaf(event)
            elif kind is events.StreamEndEvent:
                return

    def _open(self, event: Any, *, is_list: bool) -> None:
        path = self._note(event)
        self.stack.append((is_list, path))
        self.steps.append(self.step)
        self.step = 0 if is_list else None

    def _close(self) -> None:
        self.stack.pop()
        self.step = self.steps.pop()
        if self.step is None and self.stack:
            self.step = _NOWHERE  # what ended was a key: its value comes next
        else:
            self._advance()

    def _leaf(self, event: Any) -> None:
        if self.stack and self.step is None:
            self.key_place = _place(event)
            self.step = getattr(event, "value", "")
            path = self._path()
            if path is not None and self._is_asked_for(path):
                self.keys.setdefault(path, self.key_place)
            return
        self._note(event)
        self._advance()

    def _note(self, event: Any) -> Path | None:
        """Remember the place of a value if anyone asked for it; give its path."""
        path = self._path()
        if path is None or not self._is_asked_for(path):
            return None
        is_block = getattr(event, "flow_style", None) is False and event.tag is None
        at_key = is_block and self.stack and not self.stack[-1][0]
        self.values.setdefault(path, self.key_place if at_key else _place(event))
        return path

    def _is_asked_for(self, path: Path) -> bool:
        return self.paths is None or path in self.paths

    def _path(self) -> Path | None:
        if not self.stack:
            return ()
        above = self.stack[-1][1]
        return None if above is None or self.step is None else (*above, self.step)

    def _advance(self) -> None:
        if self.stack:
            is_list = self.stack[-1][0]
            self.step = self.step + 1 if is_list and isinstance(self.step, int) else None

    def nearest(self, path: Path, *, key: bool) -> Position:
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))


def _place(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1
