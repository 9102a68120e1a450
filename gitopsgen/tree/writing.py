"""Carries out the plan of one region: the only place that changes its folder.

A folder that was never used is made aside and renamed into place whole. Elsewhere a journal first says
which digests may appear, then each file is replaced by a rename, then the ledger, then the journal goes:
stopped at any instant, each file is the old or the new one, and the next plan knows both for ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from errno import EDQUOT, EIO, EMFILE, ENOSPC, EROFS

from gitopsgen.diagnostics import Diagnostic, Outcome
from gitopsgen.tree.files import create, replace
from gitopsgen.tree.findings import finding, refused
from gitopsgen.tree.ledger import journal_text, ledger_text
from gitopsgen.tree.output import DIRECTORY, Descent, Output, opened
from gitopsgen.tree.paths import JOURNAL, LEDGER, STAGE, prefixes
from gitopsgen.tree.planning import RegionPlan
from gitopsgen.tree.pruning import remove_tree
from gitopsgen.tree.records import Entry, Intent, Stat, Survey, Written, place
from gitopsgen.tree.survey import signed

FATAL = frozenset({ENOSPC, EDQUOT, EROFS, EIO, EMFILE})


def write(plan: RegionPlan) -> Outcome[Written]:
    """Carry out a plan; findings tell what could not be written, all else is as planned and in the ledger."""
    if plan.failed:
        return Outcome(Written(plan.region, 0), plan.diagnostics)
    if plan.standing:
        return Outcome(plan.standing)
    try:
        with opened(plan.output, create=True) as top:
            return (
                _make(plan, top) if plan.held.is_empty else _Change(plan, dict(plan.held.survey.files)).carried_out(top)
            )
    except OSError as error:
        return Outcome(Written(plan.region, 0), (refused(place(plan.output, plan.region, ""), error),))


def write_all(plans: Iterable[RegionPlan]) -> Outcome[tuple[Written, ...]]:
    """Carry out one plan after the other."""
    outcomes = [write(plan) for plan in plans]
    found = tuple(one for outcome in outcomes for one in outcome.diagnostics)
    return Outcome(tuple(outcome.value for outcome in outcomes), found)


@dataclass(frozen=True, slots=True)
class Staged:
    """A folder that was never used, made whole aside: one rename puts it into place."""

    output: Output
    region: str
    written: Written


def stage(plan: RegionPlan) -> Staged | None:
    """Make a folder that was never used before it may stand in its place, so that its texts need not be kept.

    None where that is not so, or cannot be done: `write` then does all, and tells what is in the way.
    """
    if plan.failed or plan.standing or not plan.held.is_empty:
        return None
    try:
        with opened(plan.output, create=True) as top:
            made = _aside(plan, top)
    except OSError:
        return None
    return None if made.diagnostics else Staged(plan.output, plan.region, made.value)


def settle(staged: Staged) -> Outcome[Written]:
    """Put a folder that was made aside into its place."""
    try:
        with opened(staged.output) as top:
            os.rename(STAGE + staged.region, staged.region, src_dir_fd=top, dst_dir_fd=top)
    except OSError as error:
        discard(staged)
        return Outcome(Written(staged.region, 0), (refused(place(staged.output, staged.region, ""), error),))
    return Outcome(staged.written)


def discard(staged: Staged) -> None:
    """Remove a folder that was made aside, and the output directory if that leaves it empty."""
    with suppress(OSError):
        with opened(staged.output) as top:
            remove_tree(STAGE + staged.region, top)
        staged.output.path.rmdir()


def _make(plan: RegionPlan, top: int) -> Outcome[Written]:
    """Make a folder aside and rename it into place."""
    made = _aside(plan, top)
    return made if made.diagnostics else settle(Staged(plan.output, plan.region, made.value))


def _aside(plan: RegionPlan, top: int) -> Outcome[Written]:
    name, path, stats, ledger = STAGE + plan.region, "", {}, ledger_text(plan.entries)
    with suppress(FileNotFoundError):
        remove_tree(name, top)
    try:
        os.mkdir(name, dir_fd=top)
        with Descent(os.open(name, DIRECTORY, dir_fd=top)) as way:
            for path, one in plan.writes.items():
                folder, _, last = path.rpartition("/")
                stats[path] = create(last, one.content, way.to(folder, create=True))
            path = LEDGER
            stats[path] = create(LEDGER, ledger, way.to(""))
    except OSError as error:
        with suppress(OSError):
            remove_tree(name, top)
        return Outcome(Written(plan.region, 0), (refused(place(plan.output, plan.region, path), error),))
    return Outcome(signed(plan.region, len(plan.writes), ledger, Survey(stats, {}, frozenset())))


@dataclass(slots=True)
class _Change:
    """The change of a folder that is in use; `stats` follows what stands there."""

    plan: RegionPlan
    stats: dict[str, Stat]
    findings: list[Diagnostic] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    ledger: bytes = b""

    def carried_out(self, top: int) -> Outcome[Written]:
        with Descent(os.open(self.plan.region, DIRECTORY, dir_fd=top)) as way:
            self._clear(way)
            if self._announce(way):
                self._delete(way)
                self._write(way)
                self._settle(way)
        if not self.plan.entries:
            with suppress(OSError):  # what is foreign stays, and the folder with it
                os.rmdir(self.plan.region, dir_fd=top)
        return Outcome(self._written(), tuple(self.findings))

    def _clear(self, way: Descent) -> None:
        for path in self.plan.held.survey.leftovers:
            self._remove(path, way)

    def _announce(self, way: Descent) -> bool:
        """Leave word of all that may appear, unless nothing new may."""
        if not self.plan.writes:
            return True
        try:
            self.stats[JOURNAL] = replace(JOURNAL, journal_text(_announced(self.plan)), way.to(""))
        except OSError as error:
            self._refuse(JOURNAL, error)
            return False
        return True

    def _delete(self, way: Descent) -> None:
        """Delete what is planned, and the directories that this leaves empty."""
        for one in self.plan.deleted:
            path = one.removeprefix(f"{self.plan.region}/")
            try:
                if self._is_as_planned(path, way):
                    self._remove(path, way)
            except OSError as error:
                self._refuse(path, error)
        held, kept = self.plan.held, self.plan.entries.keys()
        dropped = (held.ledger.entries.keys() | held.intents.keys()) - kept
        folders = {above for path in dropped for above in prefixes(path.rpartition("/")[0])}
        for folder in sorted(folders & held.survey.folders, reverse=True):
            above, _, name = folder.rpartition("/")
            with suppress(OSError):
                os.rmdir(name, dir_fd=way.to(above))

    def _write(self, way: Descent) -> None:
        for number, (path, one) in enumerate(self.plan.writes.items()):
            folder, _, name = path.rpartition("/")
            try:
                descriptor = way.to(folder, create=True)
                if self._is_as_planned(path, way):
                    self.stats[path] = replace(name, one.content, descriptor)
            except OSError as error:
                self._refuse(path, error)
                if error.errno in FATAL:
                    self.failed.update(list(self.plan.writes)[number:])
                    return

    def _is_as_planned(self, path: str, way: Descent) -> bool:
        """Whether nobody touched the place since it was judged."""
        folder, _, name = path.rpartition("/")
        planned = self.plan.held.survey.files.get(path) or self.plan.held.survey.others.get(path)
        found = None
        with suppress(FileNotFoundError):
            stat = os.stat(name, dir_fd=way.to(folder), follow_symlinks=False)
            found = Stat(stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if found in {None, planned}:
            return True
        self.failed.add(path)
        location = place(self.plan.output, self.plan.region, path)
        self.findings.append(finding("edited-file", location, "was changed while this run was at work"))
        return False

    def _settle(self, way: Descent) -> None:
        """Write the ledger of what now stands there, then take back the journal."""
        path = LEDGER
        try:
            if entries := self._entries():
                self.ledger = ledger_text(entries)
                if self.ledger != self.plan.held.raw_ledger:
                    self.stats[LEDGER] = replace(LEDGER, self.ledger, way.to(""))
            elif LEDGER in self.stats:
                self._remove(LEDGER, way)
            path = JOURNAL
            if intents := self._pending():
                self.stats[JOURNAL] = replace(JOURNAL, journal_text(intents), way.to(""))
            elif JOURNAL in self.stats:
                self._remove(JOURNAL, way)
        except OSError as error:
            self._refuse(path, error)

    def _entries(self) -> dict[str, Entry]:
        """Give the ledger as it is true: what failed is as it was before."""
        before = self.plan.held.ledger.entries
        entries = {path: entry for path, entry in self.plan.entries.items() if path not in self.failed}
        return entries | {path: before[path] for path in self.failed if path in before}

    def _pending(self) -> dict[str, Intent]:
        settled = self.plan.settled - self.failed
        return {path: one for path, one in self.plan.held.intents.items() if path not in settled}

    def _remove(self, path: str, way: Descent) -> None:
        folder, _, name = path.rpartition("/")
        try:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=way.to(folder))
            self.stats.pop(path, None)
        except OSError as error:
            self._refuse(path, error)

    def _refuse(self, path: str, error: OSError) -> None:
        self.failed.add(path)
        self.findings.append(refused(place(self.plan.output, self.plan.region, path), error))

    def _written(self) -> Written:
        written = len(self.plan.writes.keys() - self.failed)
        if self.findings or JOURNAL in self.stats:
            return Written(self.plan.region, written)
        # A link that went with its owner is still among the others: the next run reads once more, no harm done.
        standing = Survey(self.stats, self.plan.held.survey.others, frozenset())
        return signed(self.plan.region, written, self.ledger, standing)


def _announced(plan: RegionPlan) -> dict[str, Intent]:
    intents = dict(plan.held.intents)
    for path, one in plan.writes.items():
        earlier = intents.get(path, Intent(one.owner, ())).digests
        intents[path] = Intent(one.owner, tuple(sorted({*earlier, plan.entries[path].digest})))
    return intents
