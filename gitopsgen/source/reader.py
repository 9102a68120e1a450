"""Strict YAML in, plain data out, with every finding of the file in one run.

Reads libyaml's event stream: the composer would recurse in C (deep nesting ends the process)
and would keep every node of a hostile file in memory. No positions are kept: see `place`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml import events
from yaml._yaml import CParser

from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Related
from gitopsgen.scalars import SUSPECT, Ambiguous, read_plain
from gitopsgen.source import findings
from gitopsgen.source.place import positions
from gitopsgen.source.text import decode, stray_tabs

if TYPE_CHECKING:
    from gitopsgen.model.variant import Path

MERGE_TAGS: Final = frozenset({"append", "prepend", "merge", "replace", "delete"})
_DEEPEST: Final = 100
_MOST_NODES: Final = 1_000_000
_MOST_FINDINGS: Final = 500  # of one file; a hostile one could have millions


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value of an overlay with the merge operation that its tag asks for."""

    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Source:
    """One file as read: its text, and the plain data in it (None where it could not be read).

    Merge tags stay in the data as `Tagged`.
    """

    file: str
    text: str
    data: Any


def read(file: str, raw: bytes, *, merge_tags: bool = False) -> Outcome[Source]:
    """Read one YAML document strictly; `file` is relative to the project root.

    All findings are given, each at its line and column; after a syntax error the data is None.
    Merge tags are refused unless `merge_tags` is set.
    """
    decoded = decode(file, raw)
    if decoded.value is None:
        return Outcome(Source(file, "", None), decoded.diagnostics)
    text = decoded.value
    reader = _Reader(file, text, merge_tags=merge_tags)
    data = reader.run()
    found = (*decoded.diagnostics, *reader.found, *reader.duplicates_found())
    if "\t" in text:
        found = (*found, *stray_tabs(file, text))
    return Outcome(Source(file, text, data), tuple(sorted(found, key=findings.by_place)))


class _StopReadingError(Exception):
    """The file is too deep, too large or too broken to go on."""


_NO_KEY: Final = object()
_DROPPED: Final = object()  # stands for a key that was refused: its value is read, and left out


class _Reader:
    """The state of one pass over the events of one file."""

    __slots__ = ("container", "documents", "duplicates", "file", "found", "key", "merge_tags", "root", "stack", "text")

    def __init__(self, file: str, text: str, *, merge_tags: bool) -> None:
        self.file = file
        self.text = text
        self.merge_tags = merge_tags
        self.found: list[Diagnostic] = []
        self.duplicates: list[tuple[Path, Location]] = []
        self.root: list[Any] = []
        self.container: list[Any] | dict[str, Any] = self.root
        self.key: Any = _NO_KEY
        self.stack: list[tuple[Any, Any, str | None]] = []
        self.documents = 0

    def run(self) -> Any:
        """Give the data of the first document, None after an error that ends the reading."""
        try:
            self._consume(CParser(self.text))
        except yaml.MarkedYAMLError as error:
            self._syntax_error(error)
        except _StopReadingError:
            pass
        else:
            return self.root[0] if self.root else None
        return None

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
        for _ in range(_MOST_NODES):
            event = get_event()
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
            elif type(event) is events.StreamEndEvent:
                return
        self._report(findings.OVERSIZED_FILE, event, f"file has more than {_MOST_NODES} nodes")
        raise _StopReadingError

    def _scalar(self, event: Any) -> None:
        text: str = event.value
        value: Any = text
        if event.tag is not None or event.anchor is not None:
            value = self._decorated_scalar(event)
        elif event.implicit[0] and (not text or text[0] in SUSPECT):
            value = self._plain(event)
        container = self.container
        if type(container) is list:
            container.append(value)
        elif self.key is _NO_KEY:
            self._take_key(event, value)
        else:
            self._put(value)

    def _plain(self, event: Any) -> Any:
        value = read_plain(event.value)
        if isinstance(value, Ambiguous):
            is_merge_key = event.value == "<<" and type(self.container) is dict and self.key is _NO_KEY
            if is_merge_key:
                self._report(findings.YAML_ALIAS, event, 'merge key "<<" is not allowed', "write the keys out")
                return _DROPPED
            self._report(findings.AMBIGUOUS_SCALAR, event, value.reason, value.hint)
            return event.value
        return value

    def _decorated_scalar(self, event: Any) -> Any:
        """Read a scalar with a tag or an anchor."""
        if event.anchor is not None:
            self._refuse_anchor(event)
        if event.tag is None:
            return self._plain(event) if event.implicit[0] else event.value
        op = self._operation(event.tag)
        is_plain = event.style in ("", None)
        is_delete = op == "delete" and is_plain and event.value in ("", "null")
        if is_delete and not self._at_key():
            return Tagged("delete", None)
        if op == "replace" and not self._at_key():
            return Tagged("replace", self._plain(event) if is_plain else event.value)
        self._refuse_tag(event)
        return event.value

    def _start(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse_anchor(event)
        is_mapping = type(event) is events.MappingStartEvent
        op = None
        if event.tag is not None:
            op = self._collection_operation(event, is_mapping=is_mapping)
        if self._at_key():
            self._report(findings.NON_STRING_KEY, event, "a key is a mapping or a list, not a string")
        self.stack.append((self.container, self.key, op))
        if len(self.stack) > _DEEPEST:
            self._report(findings.OVERSIZED_FILE, event, f"nesting is deeper than {_DEEPEST} levels")
            raise _StopReadingError
        self.container = {} if is_mapping else []
        self.key = _NO_KEY

    def _end(self, _event: Any) -> None:
        value: Any = self.container
        self.container, self.key, op = self.stack.pop()
        if op is not None:
            value = Tagged(op, value)
        if type(self.container) is list:
            self.container.append(value)
        elif self.key is _NO_KEY:
            self.key = _DROPPED
        else:
            self._put(value)

    def _put(self, value: Any) -> None:
        if self.key is not _DROPPED:
            self.container[self.key] = value
        self.key = _NO_KEY

    def _take_key(self, event: Any, value: Any) -> None:
        if type(value) is not str:
            if value is not _DROPPED:
                cure = f'write "{event.value}" in quotes'
                self._report(findings.NON_STRING_KEY, event, f"key {event.value} is not a string", cure)
            self.key = _DROPPED
            return
        if value in self.container:
            self.duplicates.append((self._path(value), self._place(event)))
        self.key = value

    def _alias(self, event: Any) -> None:
        self._report(findings.YAML_ALIAS, event, f'alias "*{event.anchor}" is not allowed', "write the value out")
        if type(self.container) is list:
            self.container.append(None)
        elif self.key is _NO_KEY:
            self.key = _DROPPED
        else:
            self._put(None)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if event.version is not None or event.tags:
            self._report(findings.YAML_SYNTAX, event, "YAML directives are not allowed", "remove the line with %")
        if self.documents > 1:
            cure = "give each document a file of its own"
            self._report(findings.SEVERAL_DOCUMENTS, event, "file has more than one YAML document", cure)
            raise _StopReadingError

    def _at_key(self) -> bool:
        return type(self.container) is dict and self.key is _NO_KEY

    def _operation(self, tag: str) -> str | None:
        name = tag[1:]
        return name if self.merge_tags and tag[:1] == "!" and name in MERGE_TAGS else None

    def _collection_operation(self, event: Any, *, is_mapping: bool) -> str | None:
        """Give the merge operation of a tagged mapping or list, if the tag may stand there."""
        op = self._operation(event.tag)
        fits = op == "replace" or (
            # `!delete` of an item of a list that merges by key names the item by its key.
            (op == "delete" and type(self.container) is list and self.container is not self.root)
            if is_mapping
            else op in ("append", "prepend", "merge")
        )
        if op is None or not fits or self._at_key():
            self._refuse_tag(event)
            return None
        return op

    def _refuse_tag(self, event: Any) -> None:
        shown = event.tag.replace("tag:yaml.org,2002:", "!!")
        if self._operation(event.tag):
            message = f'tag "{shown}" does not fit what it stands on'
            cure = "!append, !prepend and !merge stand on a list, !delete on nothing, !replace on any value"
        else:
            message = f'tag "{shown}" is not known here'
            known = ", ".join(f"!{name}" for name in sorted(MERGE_TAGS))
            cure = f"known tags are {known}" if self.merge_tags else "remove the tag"
        self._report(findings.UNKNOWN_TAG, event, message, cure)

    def _refuse_anchor(self, event: Any) -> None:
        self._report(findings.YAML_ALIAS, event, f'anchor "&{event.anchor}" is not allowed', "remove it")

    def _syntax_error(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        place = Location(self.file, mark.line + 1, mark.column + 1) if mark else Location(self.file)
        parts = (error.context, error.problem)
        self.found.append(findings.YAML_SYNTAX.at(place, " ".join(part for part in parts if part)))

    def _path(self, last: str) -> Path:
        steps = [len(container) if type(container) is list else key for container, key, _ in self.stack[1:]]
        return (*steps, last)

    def _place(self, event: Any) -> Location:
        mark = event.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def _report(self, kind: findings.FindingKind, event: Any, message: str, hint: str = "") -> None:
        self.found.append(kind.at(self._place(event), message, hint))
        if len(self.found) >= _MOST_FINDINGS:
            raise _StopReadingError

    def duplicates_found(self) -> tuple[Diagnostic, ...]:
        """Give a finding for each repeated key, with the place where it stood first."""
        first = positions(self.text, [(path, True) for path, _ in self.duplicates]) if self.duplicates else {}
        return tuple(
            findings.DUPLICATE_KEY.at(
                place,
                f'key "{path[-1]}" is set twice in one mapping',
                "keep one of them",
                (Related("set here first", Location(self.file, *first[path, True])),),
            )
            for path, place in self.duplicates
        )
