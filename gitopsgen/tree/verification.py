"""The committed tree against its ledgers and a fresh render: each way to differ, told apart.

Reads, and judges every file on its own; it writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from gitopsgen.diagnostics import Diagnostic, Location, Outcome
from gitopsgen.model.rendered import Rendered
from gitopsgen.tree.files import digest_of
from gitopsgen.tree.findings import finding, refused, shown
from gitopsgen.tree.holding import OWN, Holding, digest, hold, region_folder
from gitopsgen.tree.output import Descent, Output, opened
from gitopsgen.tree.paths import JOURNAL, LEDGER, STAGE, STATE, TRACES, admit, refusal_of_region
from gitopsgen.tree.planning import everyone
from gitopsgen.tree.records import Entry, place

Deviations = dict[str, tuple[str, ...]]  # kind of finding -> paths relative to the output directory
Deviation = tuple[str, str, str]  # kind, path inside the region's folder, message


def verify(
    output: Output,
    expected: Iterable[tuple[str, Iterable[Rendered]]],
    *,
    in_scope: Callable[[str], bool] = everyone,
    is_complete: bool = True,
) -> Outcome[Deviations]:
    """Judge every file of the output directory.

    `expected` gives each region (and `argocd`) with what a fresh render makes of it; `in_scope` as for `plan`.
    A look at the whole fleet (`is_complete`) also judges what stands outside those regions.
    """
    findings: list[Diagnostic] = []
    regions = []
    for region, rendered in expected:
        regions.append(region)
        findings += _region(output, region, rendered, in_scope)
    if is_complete:
        findings += _outside(output, frozenset(regions))
    by_kind: dict[str, list[str]] = {}
    for one in findings:
        by_kind.setdefault(one.name, []).append(one.location.file.removeprefix(f"{output.label}/"))
    return Outcome({kind: tuple(paths) for kind, paths in by_kind.items()}, tuple(findings))


def _region(
    output: Output, region: str, rendered: Iterable[Rendered], in_scope: Callable[[str], bool]
) -> list[Diagnostic]:
    fresh, findings = admit(region, rendered)
    entries = {
        path: Entry(digest(one.content), one.owner, one.template, one.trace, one.inputs) for path, one in fresh.items()
    }
    try:
        with region_folder(output, region) as way:
            held = hold(way)
            judge = _Judge(held, way, entries, frozenset(entry.owner for entry in entries.values()))
            found = sorted(judge.deviations(in_scope), key=lambda one: one[1])
    except OSError as error:
        return [*findings, refused(place(output, region, ""), error, "read")]
    if fault := held.ledger.fault:
        findings.append(finding(fault.kind, place(output, region, LEDGER, fault.line), fault.message))
    return findings + [finding(kind, place(output, region, path), message) for kind, path, message in found]


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges the files of one region's folder."""

    held: Holding
    way: Descent | None
    fresh: Mapping[str, Entry]
    owners: frozenset[str]

    def deviations(self, in_scope: Callable[[str], bool]) -> Iterator[Deviation]:
        if JOURNAL in self.held.survey.files:
            yield "interrupted-write", JOURNAL, "was left by a run that was stopped while it wrote"
        for path in sorted(self._paths()):
            owner = self._owner(path)
            if (not owner or in_scope(owner)) and (verdict := self._verdict(path)):
                yield verdict[0], path, verdict[1]

    def _paths(self) -> set[str]:
        survey = self.held.survey
        return {*survey.files, *survey.others, *self.held.ledger.entries, *self.fresh} - OWN

    def _owner(self, path: str) -> str:
        known = self.held.ledger.entries.get(path) or self.fresh.get(path) or self.held.intents.get(path)
        return known.owner if known else ""

    def _verdict(self, path: str) -> tuple[str, str] | None:
        entry, fresh = self.held.ledger.entries.get(path), self.fresh.get(path)
        if path in self.held.survey.others:
            kind = "edited-file" if entry else "foreign-file"
            return kind, "is a symbolic link or a special file, which this tool never makes"
        if path in self.held.survey.leftovers:
            return "interrupted-write", "is a temporary file of a run that was stopped while it wrote"
        if path not in self.held.survey.files:
            return _of_absent(entry, fresh)
        found = self._digest(path)
        if entry and found == entry.digest:
            return self._of_intact(entry, fresh)
        return self._of_other(path, found, entry, fresh)

    def _of_intact(self, entry: Entry, fresh: Entry | None) -> tuple[str, str] | None:
        if fresh is None and entry.owner in self.owners:
            return "stale-file", f'is not rendered any more from "{entry.template}"'
        if fresh is None:
            return "orphan-file", f'belongs to "{entry.owner}", which the inputs do not have'
        if fresh.digest != entry.digest:
            return "stale-file", f'a fresh render of "{fresh.template}" gives something else'
        return None if fresh == entry else ("stale-file", "is as rendered, but its ledger entry is out of date")

    def _of_other(self, path: str, found: str, entry: Entry | None, fresh: Entry | None) -> tuple[str, str]:
        """Judge a file that is not what the ledger says, or that the ledger does not know."""
        if path in self.held.intents and found in self.held.digests(path):
            return "interrupted-write", "was written by a run that was stopped before it wrote the ledger"
        if fresh and found == fresh.digest:
            return "stale-file", "is as rendered, but not as its ledger says"
        if found in self.held.digests(path):
            return "stale-file", "is as one side of an unfinished merge says"
        if entry:
            return "edited-file", f'was edited by hand since it was rendered from "{entry.template}"'
        return "foreign-file", "is not in the ledger"

    def _digest(self, path: str) -> str:
        return digest_of(path, self.way, self.held.survey.files[path].size) if self.way else ""


def _of_absent(entry: Entry | None, fresh: Entry | None) -> tuple[str, str] | None:
    if entry:
        return "missing-file", f'is in the ledger of "{entry.owner}", but not on the disk'
    return ("stale-file", f'is not written yet: "{fresh.template}" makes it') if fresh else None


def _outside(output: Output, regions: frozenset[str]) -> list[Diagnostic]:
    """Judge what stands in the output directory beside the regions that were asked for."""
    try:
        with opened(output) as top, os.scandir(top) as entries:
            found = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in entries)
    except FileNotFoundError:
        return []
    except OSError as error:
        return [refused(place(output, "", ""), error, "read")]
    findings = []
    for name, is_folder in found:
        if name not in regions and name not in {STATE, TRACES}:
            findings += _beside(output, name, is_folder=is_folder)
    return findings


def _beside(output: Output, name: str, *, is_folder: bool) -> list[Diagnostic]:
    if name.startswith(STAGE):
        message = "was left by a run that was stopped while it wrote"
        return [finding("interrupted-write", Location(f"{output.label}/{shown(name)}"), message)]
    if is_folder and not refusal_of_region(name):
        return _region(output, name, (), everyone)
    return [finding("foreign-file", Location(f"{output.label}/{shown(name)}"), "is in no ledger")]
