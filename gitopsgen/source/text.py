"""Bytes to text: encoding, characters that cannot be carried, and tabs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml import events
from yaml._yaml import CParser

from gitopsgen.diagnostics import Diagnostic, Location, Outcome
from gitopsgen.source import findings

if TYPE_CHECKING:
    from collections.abc import Iterator

# Control characters, line breaks that only YAML 1.1 knows (NEL, LS, PS), and what is no character at all.
_UNSAFE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BOM: Final = b"\xef\xbb\xbf"
_MOST: Final = 20  # characters reported: a binary file has thousands


def decode(file: str, raw: bytes) -> Outcome[str | None]:
    """Give the text of a file in UTF-8, None where it cannot be had, with all that is wrong in it."""
    try:
        text = raw.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        finding = findings.UNSAFE_TEXT.at(Location(file, line, column), message, "save the file as UTF-8")
        return Outcome(None, (finding,))
    found = []
    if raw.startswith(_BOM):
        found.append(findings.UNSAFE_TEXT.at(Location(file, 1, 1), "file starts with a byte order mark", "remove it"))
    unsafe = tuple(_unsafe_characters(file, text))
    return Outcome(None if unsafe else text, (*found, *unsafe))


def _unsafe_characters(file: str, text: str) -> Iterator[Diagnostic]:
    for count, match in enumerate(_UNSAFE.finditer(text)):
        if count == _MOST:
            return
        message = f"character U+{ord(match[0]):04X} is not allowed"
        yield findings.UNSAFE_TEXT.at(_place(file, text, match.start()), message, 'write it as an escape in "quotes"')


def stray_tabs(file: str, text: str) -> tuple[Diagnostic, ...]:
    """Give a finding for the first tab that stands outside of a scalar and outside of comments."""
    inside = _scalar_spans(text)
    comment = re.compile(r"(?:^|\s)#[^\n]*", re.MULTILINE)
    covered = sorted([*inside, *(match.span() for match in comment.finditer(text))])
    position = 0
    for start, end in [*covered, (len(text), len(text))]:
        tab = text.find("\t", position, start)
        if tab >= 0:
            message = "tab stands between tokens, where readers of YAML differ"
            return (findings.UNSAFE_TEXT.at(_place(file, text, tab), message, "use spaces"),)
        position = max(position, end)
    return ()


def _scalar_spans(text: str) -> list[tuple[int, int]]:
    """Give where scalars start and end; all the rest of the text where it is no YAML."""
    spans = []
    parser: Any = CParser(text)
    try:
        while type(event := parser.get_event()) is not events.StreamEndEvent:
            if event.__class__ is events.ScalarEvent:
                spans.append(_span(event))
    except yaml.YAMLError:
        spans.append((spans[-1][1] if spans else 0, len(text)))
    return spans


def _span(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _place(file: str, text: str, index: int) -> Location:
    return Location(file, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))
