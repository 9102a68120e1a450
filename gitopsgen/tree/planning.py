"""What a write would do to one region's folder: rendered files against the ledger and the disk.

Reads, and decides; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.model.rendered import Rendered
from gitopsgen.tree.files import digest_of
from gitopsgen.tree.findings import finding, refused
from gitopsgen.tree.holding import Holding, digest, hold, region_folder
from gitopsgen.tree.ledger import ledger_text
from gitopsgen.tree.output import Descent, Output
from gitopsgen.tree.paths import JOURNAL, LEDGER, admit, prefixes, refusal_of_region
from gitopsgen.tree.records import Entry, Written, place
from gitopsgen.tree.survey import signed


def everyone(_owner: str) -> bool:
    """Take the files of every owner into the scope of a plan."""
    return True


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """What a write would do to one region's folder; paths are relative to the output directory.

    `standing` is set where nothing is to be done. The fields after it are for `write`, and empty then;
    paths in them are relative to the region's folder.
    """

    output: Output
    region: str
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    standing: Written | None = None
    held: Holding = field(default_factory=Holding)
    writes: Mapping[str, Rendered] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)  # of the ledger after the write
    settled: frozenset[str] = frozenset()  # paths of stopped runs' intents that this write resolves

    @property
    def failed(self) -> bool:
        """Whether anything forbids the write."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)

    @property
    def is_noop(self) -> bool:
        """Whether the folder already is as it should be, bookkeeping included."""
        return self.standing is not None

    @property
    def differs(self) -> bool:
        """Whether any rendered file would change: what `render --check` asks."""
        return bool(self.created or self.updated or self.deleted)


def plan(
    output: Output,
    region: str,
    rendered: Iterable[Rendered],
    *,
    force: bool = False,
    in_scope: Callable[[str], bool] = everyone,
) -> RegionPlan:
    """Compare what was rendered for a region with its ledger and the disk.

    `in_scope` says of an owner whether this run rendered all of its files: only then one that is missing
    among them is deleted. `force` lets files be replaced that someone edited, or that are not ours.
    """
    if refusal := refusal_of_region(region):
        message = f'name of the region "{region}" {refusal}'
        return RegionPlan(output, region, diagnostics=(finding("unsafe-path", Location(output.label), message),))
    wanted, findings = admit(region, rendered)
    try:
        with region_folder(output, region) as way:
            draft = _Draft(output, region, hold(way), way, force=force, findings=findings)
            draft.drop(wanted, in_scope)
            draft.take(wanted)
    except OSError as error:
        findings.append(refused(place(output, region, ""), error, "read"))
        return RegionPlan(output, region, diagnostics=tuple(findings))
    return draft.planned()


@dataclass(slots=True)
class _Draft:
    """A plan in the making: each file is judged once, first those to drop, then those to take."""

    output: Output
    region: str
    held: Holding
    way: Descent | None
    force: bool
    findings: list[Diagnostic]
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    deleted: dict[str, None] = field(default_factory=dict)
    writes: dict[str, Rendered] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    clear: set[str] = field(default_factory=lambda: {""})  # folders that nothing stands in the way of

    def planned(self) -> RegionPlan:
        """Close the draft."""
        fault = self.held.ledger.fault
        if fault:
            heals = self.force or fault.kind == "unmerged-ledger"
            severity = Severity.WARNING if heals else Severity.ERROR
            location = place(self.output, self.region, LEDGER, fault.line)
            self.findings.append(finding(fault.kind, location, fault.message, severity=severity))
        unchanged, findings = tuple(self.unchanged), tuple(self.findings)
        if self._stands():
            return RegionPlan(
                self.output, self.region, unchanged=unchanged, diagnostics=findings, standing=self._signed()
            )
        return RegionPlan(
            self.output,
            self.region,
            tuple(self.created),
            tuple(self.updated),
            unchanged,
            tuple(f"{self.region}/{path}" for path in self.deleted),
            findings,
            None,
            self.held,
            self.writes,
            self.entries,
            frozenset(self.settled),
        )

    def _stands(self) -> bool:
        """Whether all is as it should be: files, ledger, and nothing left of a stopped run."""
        is_open = JOURNAL in self.held.survey.files and (self.settled or not self.held.intents)
        touches = self.writes or self.deleted or self.findings or is_open or self.held.survey.leftovers
        return not (touches or self._has_stale_ledger())

    def _signed(self) -> Written:
        survey = self.held.survey
        if JOURNAL in survey.files:  # of owners that are out of scope
            return Written(self.region, 0)
        return signed(self.region, 0, self.held.raw_ledger or b"", survey)

    def _has_stale_ledger(self) -> bool:
        raw = self.held.raw_ledger
        if raw is None or not self.entries:
            return (raw is None) == bool(self.entries)
        return ledger_text(self.entries) != raw

    def drop(self, wanted: Mapping[str, Rendered], in_scope: Callable[[str], bool]) -> None:
        """Judge what is ours and was not rendered this time."""
        ours = {path: intent.owner for path, intent in self.held.intents.items()}
        ours |= {path: entry.owner for path, entry in self.held.ledger.entries.items()}
        for path in sorted(ours.keys() - wanted.keys()):
            if in_scope(ours[path]):
                self._drop(path)
            elif path in self.held.ledger.entries:
                self.entries[path] = self.held.ledger.entries[path]

    def _drop(self, path: str) -> None:
        if path in self.held.intents:
            self.settled.add(path)
        if path not in self.held.survey.files and path not in self.held.survey.others:
            return
        is_claimed = path in self.held.ledger.entries
        if (self.force and is_claimed) or self._digest(path) in self.held.digests(path):
            self.deleted[path] = None
        elif is_claimed:
            self.entries[path] = self.held.ledger.entries[path]
            self._find("edited-file", path, "was edited by hand, and is not rendered any more")

    def take(self, wanted: Mapping[str, Rendered]) -> None:
        """Judge what was rendered."""
        for path, one in wanted.items():
            entry = Entry(digest(one.content), one.owner, one.template, one.trace, one.inputs)
            self.entries[path] = entry
            if path in self.held.intents:
                self.settled.add(path)
            if path in self.held.survey.files:
                self._meet(path, one, entry)
            elif self._is_clear(path):
                self.created.append(one.path)
                self.writes[path] = one

    def _meet(self, path: str, one: Rendered, entry: Entry) -> None:
        found, before = self._digest(path), self.held.ledger.entries.get(path)
        if found == entry.digest:
            self.unchanged.append(one.path)
        elif self.force or found in self.held.digests(path):
            self.updated.append(one.path)
            self.writes[path] = one
        elif before:
            self._find("edited-file", path, f'was edited by hand since it was rendered from "{before.template}"')
        else:
            self._find("foreign-file", path, f'is not ours and has the name of a file of "{one.template}"')

    def _digest(self, path: str) -> str:
        stat = self.held.survey.files.get(path)
        return digest_of(path, self.way, stat.size) if stat and self.way else ""

    def _is_clear(self, path: str) -> bool:
        """Whether a new file can be made: no directory has its name, no file that of a directory above it."""
        survey, folder = self.held.survey, path.rpartition("/")[0]
        if path in survey.others or (path in survey.folders and not self._is_emptied(path)):
            self._find("blocked-path", path, "is a directory or a special file where a rendered file should stand")
            return False
        for above in prefixes(folder) if folder not in self.clear else ():
            if (above in survey.files or above in survey.others) and above not in self.deleted:
                self._find("blocked-path", above, "is not a directory, and rendered files should stand below it")
                return False
        self.clear.add(folder)
        return True

    def _is_emptied(self, folder: str) -> bool:
        below = f"{folder}/"
        standing = self.held.survey.files.keys() | self.held.survey.others.keys()
        found = [path for path in standing if path.startswith(below)]
        return bool(found) and all(path in self.deleted for path in found)

    def _find(self, name: str, path: str, message: str) -> None:
        self.findings.append(finding(name, place(self.output, self.region, path), message))
