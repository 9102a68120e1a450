"""YAML text laid out anew: indentation, blanks and empty lines; every token and comment stays as it was written.

Works on the tokens of libyaml, between which only blanks and comments stand. Knows no data: that nothing of it
has changed, `formatted` proves by reading both texts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml import tokens as t

from gitopsgen.source.reader import read

_STEP: Final = 2
_UNSUPPORTED: Final = {
    t.DirectiveToken: "a directive",
    t.DocumentStartToken: "a document marker",
    t.DocumentEndToken: "a document marker",
    t.AnchorToken: "an anchor",
    t.AliasToken: "an alias",
}
_OPENING: Final = (t.FlowMappingStartToken, t.FlowSequenceStartToken)
_CLOSING: Final = (t.FlowMappingEndToken, t.FlowSequenceEndToken)


class UnformattableError(ValueError):
    """A text that cannot be laid out without a risk to what it says; the message tells what stands in the way."""


def formatted(file: str, text: str) -> str:
    """Give the text in the one layout; formatting the result changes nothing any more.

    Raises `UnformattableError` where what is read would not be certain to stay the same.
    """
    plain = text.replace("\r\n", "\n")
    if not plain.strip():
        return ""
    once = _laid_out(plain)
    twice = _laid_out(once.text)
    if _read(file, plain) != _read(file, once.text) or once.comments != twice.comments or once.text != twice.text:
        raise UnformattableError("what it says could change")
    return once.text


def _read(file: str, text: str) -> str:
    """Give all that is read of a text, so that 1, 1.0 and true are three values, and the order of keys counts."""
    outcome = read(file, text.encode("utf-8"), merge_tags=True)
    if outcome.failed and outcome.value.data is None:
        raise UnformattableError("it is no YAML")
    return repr((outcome.value.data, [(one.code, one.message) for one in outcome.diagnostics]))


@dataclass(frozen=True, slots=True)
class _LaidOut:
    text: str
    comments: tuple[str, ...]


def _laid_out(text: str) -> _LaidOut:
    layout = _Layout(text)
    try:
        for token in yaml.scan(text, Loader=yaml.CLoader):
            layout.take(token)
    except yaml.YAMLError:
        raise UnformattableError("it is no YAML") from None
    return _LaidOut("".join(layout.out).strip("\n") + "\n", tuple(layout.comments))


@dataclass(slots=True)
class _Level:
    """A block mapping or sequence that is open: its column in the text, and in the new one."""

    old: int
    new: int
    is_sequence: bool
    is_indentless: bool = False  # a list whose dashes stand below the key: libyaml does not open it


@dataclass(slots=True)
class _Layout:
    text: str
    out: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    waiting: list[Any] = field(default_factory=list)  # tokens without text: they belong to the next one
    depth: int = 0  # of flow collections
    end: int = 0  # of the last token, in the text
    last: Any = None

    def take(self, token: Any) -> None:
        if type(token) in _UNSUPPORTED:
            raise UnformattableError(f"{_UNSUPPORTED[type(token)]} stands in it")
        if token.start_mark.index == token.end_mark.index and not isinstance(token, t.StreamEndToken):
            self.waiting.append(token)
            return
        if isinstance(token, t.KeyToken):
            raise UnformattableError("a key is written with a question mark")
        before = list(self.levels)
        starts_key = self._enter(token)
        self._gap(token, before, starts_key=starts_key)
        self.depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        self.out.append(self._token(token))
        self.last = token

    def _enter(self, token: Any) -> bool:
        """Open and close what the waiting tokens say; tell whether a key begins."""
        starts_key = False
        for waiting in self.waiting:
            if isinstance(waiting, t.BlockMappingStartToken | t.BlockSequenceStartToken):
                is_sequence = isinstance(waiting, t.BlockSequenceStartToken)
                self.levels.append(_Level(waiting.start_mark.column, self._inner(), is_sequence))
            elif isinstance(waiting, t.KeyToken) and not self.depth:
                starts_key = True
                self._leave_indentless()
            elif isinstance(waiting, t.BlockEndToken):
                self._leave_indentless()
                self.levels.pop()
        self.waiting.clear()
        if isinstance(token, t.BlockEntryToken) and not self.levels[-1].is_sequence:
            self.levels.append(_Level(token.start_mark.column, self._inner(), is_sequence=True, is_indentless=True))
        return starts_key

    def _leave_indentless(self) -> None:
        if self.levels and self.levels[-1].is_indentless:
            self.levels.pop()

    def _inner(self) -> int:
        """Give the column of what stands inside of the innermost level."""
        return self.levels[-1].new + _STEP if self.levels else 0

    def _gap(self, token: Any, before: list[_Level], *, starts_key: bool) -> None:
        """Write what stands between the last token and this one."""
        first, *lines = self.text[self.end : token.start_mark.index].split("\n")
        if self.last is None:
            lines, first = [first, *lines], ""
        elif not lines:
            self.out.append(_space(self.last, token))
            return
        if first.strip():
            blanks = len(first) - len(first.lstrip(" "))
            self._comment(" " * max(2, blanks), first)
        is_end = isinstance(token, t.StreamEndToken)
        self._lines(lines if is_end else lines[:-1], before)
        if not is_end:
            self.out.append("\n" + " " * self._column(token, starts_key=starts_key))

    def _lines(self, lines: list[str], before: list[_Level]) -> None:
        """Write lines of comments; of empty ones in a row, one."""
        was_empty = False
        for line in lines:
            if line.strip():
                self._comment("\n" + " " * self._comment_column(line, before), line)
            elif not was_empty:
                self.out.append("\n")
            was_empty = not line.strip()

    def _comment(self, lead: str, line: str) -> None:
        self.comments.append(line.strip())
        self.out.append(lead + line.strip())

    def _comment_column(self, line: str, before: list[_Level]) -> int:
        """Give the column of a comment: that of the innermost level that it is not left of."""
        if self.depth:
            return self._flow_column()
        column = len(line) - len(line.lstrip())
        levels = [*before, *self.levels]
        fitting = [level for level in levels if level.old <= column]
        nearest = max((level.old for level in fitting), default=0)
        return next((level.new for level in reversed(fitting) if level.old == nearest), 0)

    def _column(self, token: Any, *, starts_key: bool) -> int:
        if self.depth:
            return self._flow_column() - (_STEP if isinstance(token, _CLOSING) else 0)
        if self.levels and (starts_key or isinstance(token, t.BlockEntryToken)):
            return self.levels[-1].new
        return self._inner()

    def _flow_column(self) -> int:
        level = self.levels[-1] if self.levels else None
        base = level.new + (_STEP if level.is_sequence else 0) if level else 0
        return base + _STEP * self.depth

    def _token(self, token: Any) -> str:
        self.end = token.end_mark.index
        text = self.text[token.start_mark.index : self.end]
        if not isinstance(token, t.ScalarToken) or "\n" not in text:
            return text
        if token.style in ("|", ">"):
            self.end = token.start_mark.index + len(text.rstrip("\n"))
            return self._block_scalar(text.rstrip("\n"))
        first, *rest = text.split("\n")
        lead = " " * (self._flow_column() if self.depth else self._inner())
        return "\n".join([first.rstrip(), *(lead + line.strip() if line.strip() else "" for line in rest)])

    def _block_scalar(self, text: str) -> str:
        header, *content = text.split("\n")
        indicators = header.partition("#")[0]
        if "+" in indicators:
            raise UnformattableError("a block scalar keeps the empty lines after it")
        level = self.levels[-1] if self.levels else _Level(0, 0, is_sequence=False)
        old = next((len(line) - len(line.lstrip(" ")) for line in content if line.strip(" ")), 0)
        shift = self._inner() - old
        if any(character.isdigit() for character in indicators):
            shift = level.new - level.old
        return "\n".join([header.rstrip(), *(_shifted(line, shift) for line in content)])


def _shifted(line: str, by: int) -> str:
    if by >= 0:
        return " " * by + line if line else line
    if line[:-by].strip(" "):
        raise UnformattableError("a block scalar is less indented than it begins")
    return line[-by:]


def _space(last: Any, token: Any) -> str:
    """Give the blanks between two tokens of a line."""
    if isinstance(last, _OPENING) or isinstance(token, (*_CLOSING, t.FlowEntryToken, t.ValueToken)):
        return ""
    return "" if isinstance(token, t.StreamEndToken) else " "
