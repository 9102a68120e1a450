"""The ledger of a region's folder and the journal of a write: their text, and back.

A ledger says which files are ours, whose they are and what they should hold. One line a file,
each ending in a comma (an empty last key sees to that), so that Git merges two changes of one region.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, TypeVar

from gitopsgen.tree.records import Entry, Intent

SCHEMA = 1
LARGEST = 1 << 24  # bytes: a region of fifty thousand files
MARKERS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
FIELDS = ("digest", "inputs", "owner", "template", "trace")

Record = TypeVar("Record", Entry, Intent)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a ledger cannot be read as it stands, and at which line."""

    kind: str  # "unmerged-ledger" or "corrupt-ledger"
    message: str
    line: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of a region by path inside its folder.

    `alternatives` are digests that stand beside the entry's own, on the other side of a merge.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    fault: Fault | None = None
    alternatives: Mapping[str, frozenset[str]] = field(default_factory=dict)


def ledger_text(entries: Mapping[str, Entry]) -> bytes:
    """Write a ledger: sorted, without a clock, the same for the same files."""
    return _text(f"{quoted(path)}: {_entry_text(entries[path])},\n" for path in sorted(entries))


def _entry_text(entry: Entry) -> str:
    return (
        f'{{"digest": {quoted(entry.digest)}, "inputs": {quoted(entry.inputs)}, "owner": {quoted(entry.owner)}, '
        f'"template": {quoted(entry.template)}, "trace": {quoted(entry.trace)}}}'
    )


def journal_text(intents: Mapping[str, Intent]) -> bytes:
    """Write a journal: which digests a write that may be stopped can leave at each path."""
    return _text(f"{quoted(path)}: {json.dumps([one.owner, *one.digests])},\n" for path, one in sorted(intents.items()))


def _text(lines: Iterable[str]) -> bytes:
    return "".join((f'{{\n"schema": {SCHEMA},\n"files": {{\n', *lines, '"": null\n}\n}\n')).encode("ascii")


def read_ledger(raw: bytes | None) -> Ledger:
    """Read a ledger; one with conflict markers or broken lines gives the entries that can be read, and a fault."""
    if raw is None:
        return Ledger()
    if len(raw) > LARGEST:
        return Ledger(fault=Fault("corrupt-ledger", f"is larger than {LARGEST >> 20} MiB", 1))
    try:
        return Ledger(_records(json.loads(raw), _entry))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return _salvaged(raw, error)


def read_journal(raw: bytes | None) -> dict[str, Intent]:
    """Read a journal; one that cannot be read was never in force: it is renamed into place when it is whole."""
    if raw is None or len(raw) > LARGEST:
        return {}
    try:
        return _records(json.loads(raw), _intent)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _records(document: Mapping[str, Any], make: Callable[[Any], Record]) -> dict[str, Record]:
    if document["schema"] != SCHEMA:
        raise ValueError(f"it has schema {document['schema']}, this version of gitopsgen reads {SCHEMA}")
    return {path: make(fields) for path, fields in document["files"].items() if path}


def _entry(fields: Mapping[str, str]) -> Entry:
    digest, inputs, owner, template, trace = map(_string, map(fields.__getitem__, FIELDS))
    return Entry(digest, owner, template, trace, inputs)


def _intent(fields: list[str]) -> Intent:
    owner, *digests = map(_string, fields)
    return Intent(owner, tuple(digests))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"it has {json.dumps(value)[:40]} where a string is expected")
    return value


def _salvaged(raw: bytes, error: Exception) -> Ledger:
    entries: dict[str, Entry] = {}
    alternatives: dict[str, frozenset[str]] = {}
    lines = raw.decode(errors="replace").splitlines()
    for path, entry in filter(None, map(_entry_of_line, lines)):
        alternatives[path] = alternatives.get(path, frozenset()) | {entry.digest}
        entries[path] = entry
    return Ledger(entries, fault_of(lines, error), alternatives)


def _entry_of_line(line: str) -> tuple[str, Entry] | None:
    try:
        ((path, fields),) = json.loads(f"{{{line.rstrip().removesuffix(',')}}}").items()
        return (path, _entry(fields)) if path else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def fault_of(lines: list[str], error: Exception) -> Fault:
    """Find what is wrong with the lines of a ledger or of read-sets that cannot be read, and where."""
    for number, line in enumerate(lines, 1):
        if line.startswith(MARKERS):
            return Fault("unmerged-ledger", f'has the conflict marker "{line[:7]}" of an unfinished merge', number)
    if isinstance(error, json.JSONDecodeError):
        return Fault("corrupt-ledger", f"is not valid JSON: {error.msg.lower()}", error.lineno)
    reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
    return Fault("corrupt-ledger", f"cannot be read: {reason}", 1)
