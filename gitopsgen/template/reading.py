"""The YAML of a skeleton to trees, from libyaml's events: one pass, no recursion, all that is wrong at its place.

The composer would not do: it recurses in C, and hides anchors, tags and directives.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import yaml
from yaml import events
from yaml._yaml import CParser

from gitopsgen.scalars import Ambiguous, read_plain
from gitopsgen.template.errors import Spot, TemplateError, TemplateErrors
from gitopsgen.template.trees import Hole, Literal, Sequence, Table, Text, Tree

MARKER: Final = re.compile("\ue000([0-9]+)\ue001")
_MAXIMUM_DEPTH: Final = 100
_MAXIMUM_NODES: Final = 200_000
_NO_KEY: Final = Literal(None, -1)


def parts_of(text: str) -> tuple[str | int, ...]:
    """Give text with markers as text with the numbers of holes."""
    split = MARKER.split(text)
    parts = (int(part) if place % 2 else part for place, part in enumerate(split))
    return tuple(part for part in parts if part != "")


class _Container:
    """A mapping or list that is being read."""

    __slots__ = ("entries", "is_table", "items", "key", "names", "offset")

    def __init__(self, offset: int, *, is_table: bool) -> None:
        self.offset = offset
        self.is_table = is_table
        self.items: list[Tree] = []
        self.entries: list[tuple[Tree, Tree]] = []
        self.names: set[str] = set()
        self.key: Tree = _NO_KEY

    def tree(self) -> Tree:
        return Table(tuple(self.entries), self.offset) if self.is_table else Sequence(tuple(self.items), self.offset)


class Reader:
    """Reads the documents of one skeleton, refusing what a manifest must not hold."""

    def __init__(self, text: str, spot: Callable[[int], Spot], check_hole: Callable[[int], None]) -> None:
        """Take the marked text, the place of each offset in it, and what refuses a hole as a typed value."""
        self.text = text
        self.spot = spot
        self.check_hole = check_hole
        self.errors: list[TemplateError] = []
        self.documents: list[Tree] = []
        self.stack: list[_Container] = []

    def read(self) -> list[Tree]:
        """Give the trees of all documents that hold something; raises `TemplateErrors` with all that is wrong."""
        try:
            self._consume(CParser(self.text))
        except yaml.YAMLError as error:
            self.errors.append(self._broken(error))
        if self.errors:
            raise TemplateErrors(self.errors)
        return self.documents

    def _consume(self, parser: Any) -> None:
        for _ in range(_MAXIMUM_NODES):
            event = parser.get_event()
            handle = _HANDLERS.get(type(event))
            if handle is not None:
                handle(self, event)
            elif type(event) is events.StreamEndEvent:
                return
        message = f"the template gives more than {_MAXIMUM_NODES} YAML nodes"
        raise TemplateErrors([TemplateError("too-much-work", message, self.spot(0))])

    def _broken(self, error: yaml.YAMLError) -> TemplateError:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        offset = mark.index if mark is not None else getattr(error, "position", 0)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        return TemplateError("broken-yaml", f"the template does not give YAML: {problem}", self.spot(offset))

    def _refuse(self, rule: str, message: str, event: Any, hint: str = "") -> None:
        self.errors.append(TemplateError(rule, message, self.spot(event.start_mark.index), hint))

    def _decorations(self, event: Any) -> None:
        """Refuse a tag or an anchor."""
        if event.tag is not None:
            shown = MARKER.sub("{{ … }}", event.tag).replace("tag:yaml.org,2002:", "!!")
            self._refuse("forbidden-construct", f"found the YAML tag '{shown}', which templates may not use", event)
        if event.anchor is not None:
            message = f"found the YAML anchor '&{event.anchor}', which templates may not use"
            self._refuse("forbidden-construct", message, event, "write the value where it is needed")

    def _document(self, event: Any) -> None:
        if event.version is not None or event.tags:
            self._refuse("forbidden-construct", "found a YAML directive, which templates may not use", event)

    def _alias(self, event: Any) -> None:
        message = "found a YAML alias, which templates may not use"
        self._refuse("forbidden-construct", message, event, "write the value where it is needed")
        self._put(Literal(None, event.start_mark.index), event)

    def _start(self, event: Any) -> None:
        self._decorations(event)
        offset = event.start_mark.index
        if self.stack and self.stack[-1].is_table and self.stack[-1].key is _NO_KEY:
            self._refuse("forbidden-construct", "found a mapping or list as a key, expected a string", event)
        self.stack.append(_Container(offset, is_table=type(event) is events.MappingStartEvent))
        if len(self.stack) > _MAXIMUM_DEPTH:
            raise TemplateErrors([TemplateError("too-much-work", "the YAML is nested too deeply", self.spot(offset))])

    def _end(self, event: Any) -> None:
        self._put(self.stack.pop().tree(), event)

    def _scalar(self, event: Any) -> None:
        self._decorations(event)
        is_empty = not event.value and not event.style and event.tag is None
        if is_empty and not self.stack:
            return  # a document without anything in it
        self._put(self._scalar_tree(event), event)

    def _put(self, tree: Tree, event: Any) -> None:
        if not self.stack:
            self.documents.append(tree)
            return
        inside = self.stack[-1]
        if not inside.is_table:
            inside.items.append(tree)
        elif inside.key is _NO_KEY:
            self._check_key(tree, inside, event)
            inside.key = tree
        else:
            inside.entries.append((inside.key, tree))
            inside.key = _NO_KEY

    def _check_key(self, key: Tree, inside: _Container, event: Any) -> None:
        if not isinstance(key, Literal):
            return
        if not isinstance(key.value, str):
            found = f"found the key '{getattr(event, 'value', '')}', which is no string"
            self._refuse("ambiguous-scalar", found, event, "quote it")
        elif key.value in inside.names:
            self._refuse("duplicate-key", f"found the key '{key.value}' twice in one mapping", event)
        else:
            inside.names.add(key.value)

    def _scalar_tree(self, event: Any) -> Tree:
        offset = event.start_mark.index
        parts = parts_of(event.value)
        if any(isinstance(part, int) for part in parts):
            first = parts[0]
            if event.style or len(parts) > 1 or isinstance(first, str):
                return Text(parts, offset)
            try:
                self.check_hole(first)
            except TemplateError as error:
                self.errors.append(error)
            return Hole(first, offset)
        if event.style:
            return Literal(event.value, offset)
        return Literal(self._plain(event), offset)

    def _plain(self, event: Any) -> Any:
        if event.value == "<<" and self.stack and self.stack[-1].is_table and self.stack[-1].key is _NO_KEY:
            message = "found a YAML merge key '<<', which templates may not use"
            self._refuse("forbidden-construct", message, event, "use the filter 'combine'")
            return event.value
        value = read_plain(event.value)
        if isinstance(value, Ambiguous):
            self._refuse("ambiguous-scalar", value.reason, event, value.hint)
            return event.value
        return value


_HANDLERS: Final[dict[type, Callable[[Reader, Any], None]]] = {
    events.ScalarEvent: Reader._scalar,  # noqa: SLF001 - the class's own table
    events.MappingStartEvent: Reader._start,  # noqa: SLF001
    events.SequenceStartEvent: Reader._start,  # noqa: SLF001
    events.MappingEndEvent: Reader._end,  # noqa: SLF001
    events.SequenceEndEvent: Reader._end,  # noqa: SLF001
    events.AliasEvent: Reader._alias,  # noqa: SLF001
    events.DocumentStartEvent: Reader._document,  # noqa: SLF001
}
