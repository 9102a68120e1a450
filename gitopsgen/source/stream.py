"""A stream of manifests as the cluster's own tools read it: split into documents, each read by itself.

`kubectl` splits at lines of three dashes before it reads YAML, so that one broken document does not hide the others;
JSON values may follow one another. A null document is none. What `kubectl` would drop without a word is a finding.
https://github.com/kubernetes/apimachinery/blob/master/pkg/util/yaml/decoder.go
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Related
from gitopsgen.source import findings
from gitopsgen.source.document import Composer
from gitopsgen.source.place import positions

_SEPARATOR: Final = re.compile(r"^---[^\S\n]*(?:#[^\n]*)?(?:\n|\Z)", re.MULTILINE)
_NOTHING: Final = re.compile(r"(?:[^\S\n]*(?:#[^\n]*)?\n?)*")
_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Chunk:
    """The text of one document, and how many lines of its file stand before it."""

    file: str
    text: str
    before: int

    def place(self, line: int, column: int) -> Location:
        """Give a place in the file for one in this text."""
        return Location(self.file, self.before + line, column)

    def locate(self, *paths: tuple[str | int, ...]) -> tuple[Location, ...]:
        """Give the places of fields, or of the nearest ones around them; a field of a mapping is found at its key."""
        found = positions(self.text, [(path, True) for path in paths])
        return tuple(self.place(*found[path, True]) for path in paths)

    @property
    def start(self) -> Location:
        """The first line with anything but comments."""
        blank = _NOTHING.match(self.text)
        return self.place(1 + self.text.count("\n", 0, blank.end() if blank else 0), 1)


def decoded(file: str, raw: bytes) -> Outcome[str]:
    """Give the text of a file; empty, with a finding, where it is not UTF-8."""
    try:
        return Outcome(raw.decode("utf-8").removeprefix(_BOM))
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        place = Location(file, before.count(b"\n") + 1, column)
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        return Outcome("", (findings.UNSAFE_TEXT.at(place, message, "save the file as UTF-8"),))


def split(file: str, text: str) -> tuple[Chunk, ...]:
    """Give the documents of a stream that hold more than blanks and comments."""
    values = _json_values(file, text) if text.lstrip()[:1] == "{" else ()
    return tuple(values or _yaml_documents(file, text))


def read_chunk(chunk: Chunk) -> Outcome[tuple[Any, ...]]:
    """Give the data of a chunk, nothing where it is null; of several documents the first: `kubectl` drops the rest."""
    if chunk.text.lstrip()[:1] == "{":
        known = _quickly(chunk.text)
        if known is not None:
            return Outcome((known,))
    composer = Composer(chunk.text)
    documents = composer.run()
    found = [_complaint(chunk, one) for one in composer.complaints]
    found += _repeated(chunk, composer)
    if len(documents) > 1:
        message = "kubectl does not see this document: it reads on only after a line of three dashes and nothing else"
        place = chunk.place(*composer.starts[1])
        found.append(findings.SEVERAL_DOCUMENTS.at(place, message, "put '---' on a line of its own before it"))
    return Outcome(tuple(one for one in documents[:1] if one is not None), tuple(found))


def _complaint(chunk: Chunk, complaint: Any) -> Diagnostic:
    kind, position, message, hint = complaint
    found: Diagnostic = kind.at(chunk.place(*position), message, hint)
    return found


def _repeated(chunk: Chunk, composer: Composer) -> Iterator[Diagnostic]:
    paths = tuple(path for path, _ in composer.repeated)
    first = chunk.locate(*paths) if paths else ()
    for (path, position), where in zip(composer.repeated, first, strict=True):
        message = f'key "{path[-1]}" is set twice in one mapping'
        related = (Related("set here first", where),)
        yield findings.DUPLICATE_KEY.at(chunk.place(*position), message, "keep one of them", related)


def _yaml_documents(file: str, text: str) -> Iterator[Chunk]:
    start = line = 0
    for match in _SEPARATOR.finditer(text):
        yield from _chunk(file, text[start : match.start()], line)
        line += text.count("\n", start, match.end())
        start = match.end()
    yield from _chunk(file, text[start:], line)


def _chunk(file: str, text: str, before: int) -> Iterator[Chunk]:
    if not _is_blank(text):
        yield Chunk(file, text, before)


def _is_blank(text: str) -> bool:
    return not any(line and line[0] != "#" for line in map(str.strip, text.split("\n")))


def _json_values(file: str, text: str) -> list[Chunk]:
    """Give JSON values that follow one another; nothing where the text is something else, such as YAML in braces."""
    scan = json.JSONDecoder().raw_decode
    chunks, position = [], _next(text, 0)
    try:
        while position < len(text):
            _, end = scan(text, position)
            line_start = text.rfind("\n", 0, position) + 1
            indent = " " * (position - line_start)
            chunks.append(Chunk(file, indent + text[position:end], text.count("\n", 0, position)))
            position = _next(text, end)
    except (ValueError, RecursionError):
        return []
    return chunks


def _next(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _quickly(text: str) -> Any:
    """Give the data of a JSON object without repeated keys, None for all else: the slow reader tells what is wrong."""
    is_plain = True

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal is_plain
        mapping = dict(items)
        is_plain = is_plain and len(mapping) == len(items)
        return mapping

    def refuse(_: str) -> Any:
        raise ValueError

    try:
        data = json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None
    return data if is_plain and text.count("{") + text.count("[") < 100_000 and _is_shallow(text) else None  # noqa: PLR2004


def _is_shallow(text: str) -> bool:
    """Tell whether nesting stays far from where recursion would end: braces in strings count as well."""
    depth = deepest = 0
    for match in re.finditer(r"[\[\]{}]", text):
        depth += 1 if match[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest < 100  # noqa: PLR2004 - as deep as the YAML reader goes
