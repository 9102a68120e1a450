"""What the last runs over an output found, so that what has not changed need not be looked at again.

Only a cache beside the output, for this machine: a run without it takes longer and says the same.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from gitopsgen.diagnostics import Diagnostic, Location, Related, Severity
from gitopsgen.tree import Output
from gitopsgen.tree.files import read, replace
from gitopsgen.tree.output import Descent
from gitopsgen.tree.state import state_directory

SCHEMA: Final = 3
LARGEST: Final = 1 << 26


@dataclass(slots=True)
class Remembered:
    """What is known of a region, or of the whole fleet, from the run that made it.

    `facts` is plain data; `findings` are those that the run printed.
    """

    key: str
    facts: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class Memory:
    """The records by region; the empty name stands for the whole fleet."""

    output: Output
    records: dict[str, Remembered] = field(default_factory=dict)

    @classmethod
    def load(cls, output: Output) -> Memory:
        """Load what the last run saved; anything unreadable counts as nothing."""
        name = _name(output)
        try:
            with state_directory(output) as state, Descent(os.dup(state)) as way:
                size = os.stat(name, dir_fd=state, follow_symlinks=False).st_size
                document = json.loads((read(name, way, size) if size <= LARGEST else None) or b"")
            if document["schema"] != SCHEMA:
                return cls(output)
            shared, facts = [_finding(one) for one in document["findings"]], document["facts"]
            records = {
                region: Remembered(key, facts[number], tuple(shared[one] for one in findings))
                for region, (key, number, findings) in document["records"].items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
            return cls(output)
        return cls(output, records)

    def save(self) -> None:
        """Keep the records; equal facts and findings of many regions are kept once."""
        shared: dict[Diagnostic, int] = {}
        facts: dict[str, int] = {}
        records = {}
        for region, one in sorted(self.records.items()):
            number = facts.setdefault(json.dumps(one.facts, separators=(",", ":")), len(facts))
            records[region] = (one.key, number, [shared.setdefault(found, len(shared)) for found in one.findings])
        document = {"schema": SCHEMA, "findings": [_plain(one) for one in shared], "records": records}
        whole = json.dumps(document, separators=(",", ":"))
        text = f'{whole[:-1]},"facts":[{",".join(facts)}]}}'.encode("utf-8", "surrogatepass")
        with suppress(OSError), state_directory(self.output, create=True) as state:
            replace(_name(self.output), text, state)


def _name(output: Output) -> str:
    return f"{output.state_name}.runs.json"


def _plain(found: Diagnostic) -> list[Any]:
    related = [[one.message, _place(one.location)] for one in found.related]
    return [
        found.code, found.name, found.severity.value, found.message, _place(found.location), found.hint, related,
    ]  # fmt: skip


def _place(location: Location) -> list[Any]:
    return [location.file, location.line, location.column]


def _finding(plain: list[Any]) -> Diagnostic:
    code, name, severity, message, place, hint, related = plain
    others = tuple(Related(text, Location(*where)) for text, where in related)
    return Diagnostic(code, name, Severity(severity), message, Location(*place), hint, others)
