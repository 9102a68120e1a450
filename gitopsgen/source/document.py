"""One YAML document composed into plain data as Kubernetes' reader does: aliases, merge keys, tags and all.

Reads libyaml's events, without recursion, within limits. Strict in one point more than `kubectl`: a key set twice is
refused, as the API server refuses it. Gives complaints with positions in the text; knows no files.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml import events
from yaml._yaml import CParser

from gitopsgen.source import findings
from gitopsgen.source.cures import cure_of
from gitopsgen.source.go_scalars import HINTS, key_text, resolve, tagged

if TYPE_CHECKING:
    from gitopsgen.model.variant import Path
    from gitopsgen.source.place import Position

_DEEPEST: Final = 100
_MOST_NODES: Final = 1_000_000
_MOST_COMPLAINTS: Final = 100
_NO_KEY: Final = object()
_DROPPED: Final = object()
_MERGE: Final = object()
_RESOLVED: Final = HINTS | {"<"}

Complaint = tuple[findings.FindingKind, "Position", str, str]


class _StopReadingError(Exception):
    """The document is too deep, too large or too broken to go on."""


class Composer:
    """The state of one pass over the events of one chunk of a stream."""

    __slots__ = (
        "anchors", "complaints", "container", "key", "nodes", "own", "repeated", "root", "stack", "starts", "text",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        """Take the text; `run` reads it."""
        self.text = text
        self.complaints: list[Complaint] = []
        self.repeated: list[tuple[Path, Position]] = []
        self.starts: list[Position] = []
        self.root: list[Any] = []
        self.container: Any = self.root
        self.key: Any = _NO_KEY
        self.own: set[str] = set()  # keys that the mapping says itself: one that is merged in may be said again
        self.stack: list[tuple[Any, Any, set[str], str | None, int]] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0

    def run(self) -> list[Any]:
        """Give the data of each document in the text; what could not be read is left out, with a complaint."""
        try:
            self._consume(CParser(self.text))
        except yaml.MarkedYAMLError as error:
            self._syntax(self._blamed(error), " ".join(part for part in (error.context, error.problem) if part))
        except yaml.reader.ReaderError as error:
            before = self.text.encode()[: error.position].decode(errors="replace")  # libyaml counts bytes
            place = before.count("\n") + 1, len(before) - before.rfind("\n")
            self._syntax(place, f"character U+{error.character:04X} is not allowed in YAML")
        except yaml.YAMLError as error:
            self._syntax((1, 1), str(error).partition("\n")[0])
        except _StopReadingError:
            self.root.clear()
        return self.root

    def _blamed(self, error: yaml.MarkedYAMLError) -> Position:
        """Give where the mistake is: what is never closed is told where it opens, not where the text ends."""
        mark = error.problem_mark or error.context_mark
        last = self.text.rstrip().count("\n")
        if error.context_mark and mark and mark.line > last:
            mark = error.context_mark
        return (min(mark.line, last) + 1, mark.column + 1) if mark else (1, 1)

    def _syntax(self, place: Position, message: str) -> None:
        self.complaints.append((findings.YAML_SYNTAX, place, message, cure_of(self._line(place[0]), message)))
        del self.root[len(self.starts) - 1 :]

    def _line(self, number: int) -> str:
        lines = self.text.split("\n", number)
        return lines[number - 1] if number <= len(lines) else ""

    def _consume(self, parser: Any) -> None:
        handlers = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: self._start,
            events.SequenceStartEvent: self._start,
            events.MappingEndEvent: self._end,
            events.SequenceEndEvent: self._end,
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._document,
        }
        get_event = parser.get_event
        while True:
            event = get_event()
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
            elif type(event) is events.StreamEndEvent:
                return
            if self.nodes > _MOST_NODES:
                self._complain(findings.OVERSIZED_FILE, event, f"document has more than {_MOST_NODES} nodes")
                raise _StopReadingError

    def _document(self, event: Any) -> None:
        self.starts.append((event.start_mark.line + 1, event.start_mark.column + 1))
        self.anchors.clear()

    def _scalar(self, event: Any) -> None:
        self.nodes += 1
        value: Any = event.value
        if event.tag is not None:
            value = self._tagged(event)
        elif event.implicit[0] and (not value or value[0] in _RESOLVED):
            value = self._plain(event, value)
        if event.anchor is not None:
            self.anchors[event.anchor] = value, 1
        container = self.container
        if type(container) is list:
            container.append(value)
        elif self.key is _NO_KEY:
            self._take_key(event, value)
        else:
            self._put(event, value)

    def _plain(self, event: Any, text: str) -> Any:
        if text == "<<" and type(self.container) is dict and self.key is _NO_KEY:
            return _MERGE
        value = text if text[:1] == "<" else resolve(text)
        if type(value) is float and not math.isfinite(value):
            self._complain(
                findings.YAML_SYNTAX, event, f'"{text}" is no number that JSON has', "quote it if it is text"
            )
            return None
        return value

    def _tagged(self, event: Any) -> Any:
        try:
            return tagged(event.tag, event.value, is_plain=event.style in ("", None))
        except ValueError as error:
            self._complain(findings.UNKNOWN_TAG, event, str(error))
            return event.value

    def _start(self, event: Any) -> None:
        self.nodes += 1
        if type(self.container) is dict and self.key is _NO_KEY:
            hint = cure_of(self._line(event.start_mark.line + 1))
            self._complain(findings.NON_STRING_KEY, event, "a key is a mapping or a list, not a string", hint)
        self.stack.append((self.container, self.key, self.own, event.anchor, self.nodes))
        if len(self.stack) > _DEEPEST:
            self._complain(findings.OVERSIZED_FILE, event, f"nesting is deeper than {_DEEPEST} levels")
            raise _StopReadingError
        self.container = {} if type(event) is events.MappingStartEvent else []
        self.key, self.own = _NO_KEY, set()

    def _end(self, event: Any) -> None:
        value = self.container
        self.container, self.key, self.own, anchor, before = self.stack.pop()
        if anchor is not None:
            self.anchors[anchor] = value, self.nodes - before + 1
        self._hand_over(event, value)

    def _alias(self, event: Any) -> None:
        known = self.anchors.get(event.anchor)
        if known is None:
            self._complain(findings.YAML_ALIAS, event, f'no anchor "&{event.anchor}" stands before this alias')
            known = None, 1
        value, size = known
        self.nodes += size
        if type(self.container) is dict and self.key is _NO_KEY and not isinstance(value, (dict, list)):
            self._take_key(event, value)
        else:
            self._hand_over(event, value)

    def _hand_over(self, event: Any, value: Any) -> None:
        if type(self.container) is list:
            self.container.append(value)
        elif self.key is _NO_KEY:
            self.key = _DROPPED
        else:
            self._put(event, value)

    def _put(self, event: Any, value: Any) -> None:
        if self.key is _MERGE:
            self._merge(event, value)
        elif self.key is not _DROPPED:
            self.container[self.key] = value
        self.key = _NO_KEY

    def _merge(self, event: Any, value: Any) -> None:
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            self._complain(findings.YAML_ALIAS, event, "a merge key wants a mapping, or a list of mappings")
            return
        for part in reversed(parts):
            self.container.update(part)

    def _take_key(self, event: Any, value: Any) -> None:
        if value is _MERGE:
            self.key = _MERGE
            return
        name = key_text(value)
        if name is None:
            message = "a key is null, not a string" if value is None else "a key is not a string"
            self._complain(findings.NON_STRING_KEY, event, message)
            self.key = _DROPPED
            return
        if name in self.own:
            self.repeated.append((self._path(name), (event.start_mark.line + 1, event.start_mark.column + 1)))
        self.own.add(name)
        self.key = name

    def _path(self, last: str) -> Path:
        steps = [len(one[0]) if type(one[0]) is list else one[1] for one in self.stack[1:]]
        return (*(step if isinstance(step, (str, int)) else "<<" for step in steps), last)

    def _complain(self, kind: findings.FindingKind, event: Any, message: str, hint: str = "") -> None:
        place = event.start_mark.line + 1, event.start_mark.column + 1
        self.complaints.append((kind, place, message, hint))
        if len(self.complaints) >= _MOST_COMPLAINTS:
            raise _StopReadingError
