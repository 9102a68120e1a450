"""A file of the output tree to what it holds: an object, plain data, or text.

What the strict readers refuse is text: it is compared line by line, so nothing in it is lost.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from gitopsgen.source import read, read_json

# Written out, a private character is told from a hidden name; behind an escape it would not be.
_PRIVATE: Final = re.compile(r"\\[uU](?:0000)?[eE][0-2]")


class Identity(NamedTuple):
    """What is the same object in both versions: its kind and names, or, of what is no object, its file."""

    group: str
    kind: str
    namespace: str
    name: str
    file: str = ""


class Document(NamedTuple):
    """What a file holds."""

    identity: Identity
    data: Any


def document(file: str, text: str) -> Document:
    """Give what a file holds; `file` is its path inside its cluster, its names hidden as in the text."""
    data = _data(file, text)
    kind, metadata = _text(data, "kind"), data.get("metadata") if isinstance(data, dict) else None
    name = _text(metadata, "name")
    if not kind or not name:
        return Document(Identity("", "File", "", "", file), text if data is None else data)
    group = _text(data, "apiVersion").rpartition("/")[0]
    return Document(Identity(group, kind, _text(metadata, "namespace"), name), data)


def _data(file: str, text: str) -> Any:
    reader = read if file.endswith((".yaml", ".yml")) else read_json if file.endswith(".json") else None
    if reader is None or "\r" in text or _PRIVATE.search(text):
        return None
    outcome = reader(file, text.encode())
    return None if outcome.diagnostics else outcome.value.data


def _text(data: Any, key: str) -> str:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
