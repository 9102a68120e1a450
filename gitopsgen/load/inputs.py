"""The input files of one project: read once, hashed, and every finding about them in one place.

Knows how files are read and findings located; must not know what a file means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Related, Severity
from gitopsgen.source import FindingKind, by_place, decode, directories, read, read_bytes, read_json, stamp, walk
from gitopsgen.values import locate_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path as Directory

    from gitopsgen.load.memory import Made, Memory
    from gitopsgen.source import Source
    from gitopsgen.values import Problem


_Digested = tuple[Outcome[bytes | None], str]


@dataclass(slots=True)
class Inputs:
    """What was read so far, and what was found in it."""

    root: Directory
    texts: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    found: list[Diagnostic] = field(default_factory=list)
    problems: list[tuple[str, Problem, tuple[Related, ...]]] = field(default_factory=list)
    instead: Mapping[str, bytes] = field(default_factory=dict)  # what to read in the place of some files
    memory: Memory | None = None

    def walk(self, directory: str, skip: str = "") -> tuple[str, ...]:
        """Give the files under a directory, sorted; the directory `skip` is left out."""
        outcome = walk(self.root, directory, skip)
        self.found.extend(outcome.diagnostics)
        added = {file for file in self.instead if file.startswith(f"{directory}/")}
        added = {file for file in added if not (skip and file.startswith(f"{skip}/"))}
        return tuple(sorted({*outcome.value, *added})) if added else outcome.value

    def directories(self, directory: str) -> tuple[str, ...]:
        """Give the names of the directories in a directory, sorted."""
        there = directories(self.root, directory)
        start = f"{directory}/"
        added = {file.removeprefix(start).split("/")[0] for file in self.instead if file.startswith(start)}
        return tuple(sorted({*there, *added})) if added else there

    def has(self, file: str) -> bool:
        """Tell whether there is such a file."""
        return file in self.instead or (self.root / file).exists()

    def raw(self, file: str) -> bytes | None:
        """Give the bytes of a file and note their digest, None where it cannot be read."""
        outcome, digest = _digested(Outcome(self.instead[file])) if file in self.instead else self._from_disk(file)
        self.found.extend(outcome.diagnostics)
        if outcome.value is None:
            self.unread.add(file)
        else:
            self.digests[file] = digest
        return outcome.value

    def _from_disk(self, file: str) -> _Digested:
        """Read a file, unless it is as an earlier run found it."""
        mark = stamp(self.root, file) if self.memory else None
        if mark is None:
            return _digested(read_bytes(self.root, file))
        return self.once(("bytes", file), mark, lambda: _digested(read_bytes(self.root, file)))

    def text(self, file: str) -> str | None:
        """Give the text of a file, None where it cannot be read."""
        raw = self.raw(file)
        if raw is None:
            return None
        outcome = decode(file, raw)
        self.found.extend(outcome.diagnostics)
        return outcome.value

    def yaml(self, file: str, *, merge_tags: bool = False) -> Any:
        """Give the data of a YAML file, None where it cannot be read; an empty file is an empty mapping."""
        raw = self.raw(file)
        if raw is None:
            return None
        name = ("yaml", file, "merge tags" if merge_tags else "")
        data = self._taken(self.once(name, (raw,), lambda: read(file, raw, merge_tags=merge_tags)))
        return {} if data is None and file not in self.unread else data

    def json(self, file: str) -> Any:
        """Give the data of a JSON file, None where it cannot be read."""
        raw = self.raw(file)
        if raw is None:
            return None
        return self._taken(self.once(("json", file), (raw,), lambda: read_json(file, raw)))

    def once(self, name: tuple[str, ...], made_of: tuple[Any, ...], make: Callable[[], Made]) -> Made:
        """Give what `make` gives, or gave in an earlier run when the same was there to make it of."""
        return self.memory.once(name, made_of, make) if self.memory else make()

    def _taken(self, outcome: Outcome[Source]) -> Any:
        source = outcome.value
        self.texts[source.file] = source.text
        self.found.extend(outcome.diagnostics)
        if source.data is None and outcome.failed:
            self.unread.add(source.file)
        return source.data

    def report(self, file: str, problem: Problem, *related: Related) -> None:
        """Note a problem of a field of a file; its line is found at the end, for all of a file at once."""
        self.problems.append((file, problem, related))

    def report_file(self, kind: FindingKind, file: str, message: str, hint: str = "") -> None:
        """Note a finding about a whole file."""
        self.found.append(kind.at(Location(file), message, hint))

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Give all findings with their places, sorted, each once.

        Where a scalar could not even be read as YAML, what its stand-in breaks is not reported.
        """
        located = locate_problems(self.problems, self.texts)
        unclear = {finding.location for finding in self.found if finding.severity is Severity.ERROR}
        kept = [finding for finding in located if finding.location not in unclear]
        return tuple(sorted(dict.fromkeys([*self.found, *kept]), key=by_place))


def _digested(outcome: Outcome[bytes | None]) -> _Digested:
    return outcome, sha256(outcome.value or b"").hexdigest()
