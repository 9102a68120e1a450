"""What was scaffolded brought to the templates of today: a three-way merge of each file, by `git merge-file`.

Base is the file as the template made it (the lock has it), ours what people made of it, theirs the template's today.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Severity, UsageError
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.entries import merge_entry
from gitopsgen.scaffold.lock import FOLDER, Lock, locks
from gitopsgen.scaffold.service import entries_of, own_files
from gitopsgen.scaffold.template import answered, rendered, template
from gitopsgen.scaffold.writing import apply
from gitopsgen.source import FindingKind

MERGE_CONFLICT: Final = FindingKind("GG197", "merge-conflict")
UNRECORDED_ENTRY: Final = FindingKind("GG198", "unrecorded-entry", Severity.WARNING)
_MOST_CONFLICTS: Final = 127  # what git merge-file can tell by its exit code; above is an error


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one file: `added`, `updated`, `merged`, `conflict`, `removed`, `kept`."""

    file: str
    change: str


@dataclass(slots=True)
class _Run:
    """What was found so far."""

    draft: Draft
    steps: list[Step] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


def upgrade(root: Path, *, check: bool) -> Outcome[tuple[Step, ...]]:
    """Merge what changed in the templates since into a repository; with `check` nothing is written.

    Files with conflicts are written with git's markers, what stands in a file of a case stays as people have it; each
    conflict is a finding. Raises UsageError where nothing in the
    folder was scaffolded.
    """
    known = list(locks(root))
    if not known:
        raise UsageError(f"nothing here was scaffolded: there is no {FOLDER}/ in {root}")
    run = _Run(Draft(root))
    for lock in known:
        source = template(lock.template)
        if source.digest == lock.digest:
            continue
        answers = {**lock.answers, **answered(source, lock.answers, None)}
        made = rendered(source, answers)
        theirs = own_files(made, answers) if source.name == "gitops" else made
        texts = {name: content.decode("utf-8") for name, content in theirs.items()}
        for name in sorted({*lock.files, *texts}):
            _merge(run, lock, name, texts.get(name))
        entries = entries_of(made, answers) if source.name == "gitops" else {}
        for name, fragment in entries.items():
            _merge_entry(run, lock, name, fragment)
        renewed = replace(lock, digest=source.digest, answers=answers, files=texts, entries=entries)
        run.draft.write(lock.path, renewed.content().decode("utf-8"))
        run.steps.append(Step(lock.path, "updated"))
    if not check:
        apply(root, run.draft.changes)
    return Outcome(tuple(run.steps), tuple(run.findings))


def _merge(run: _Run, lock: Lock, name: str, theirs: str | None) -> None:
    file = f"{lock.base}/{name}" if lock.base else name
    base = lock.files.get(name)
    ours = run.draft.text(file) if run.draft.has(file) else None
    if theirs in (base, ours):
        return  # the template has nothing new
    if theirs is None or ours is None:
        _one_sided(run, file, (base, ours, theirs))
    elif ours == base:
        _write(run, file, theirs, "updated")
    else:
        merged, conflicts = _three_way(ours, base or "", theirs)
        _write(run, file, merged, "conflict" if conflicts else "merged")
        run.findings.extend(_conflicts(file, merged) if conflicts else ())


def _merge_entry(run: _Run, lock: Lock, name: str, theirs: str) -> None:
    """Merge what the template puts into a file of the case."""
    file = f"{lock.base}/{name}"
    if not run.draft.has(file):
        run.steps.append(Step(file, "kept"))
        return
    if name not in lock.entries:
        message = f"what {lock.name} has here is from a version that did not record it, expected in {lock.path}"
        hint = "it stays as it is, and is merged from now on; compare it with a new service once"
        run.findings.append(UNRECORDED_ENTRY.at(Location(file), message, hint))
        return
    ours = run.draft.text(file)
    merged, clashes = merge_entry(ours, lock.entries[name], theirs, file)
    if merged != ours or clashes:
        _write(run, file, merged, "conflict" if clashes else "merged")
    for clash in clashes:
        message = f"found another change here than in the template, which has now: {clash.theirs}"
        hint = "the file has yours: take over what you want of the template's"
        run.findings.append(MERGE_CONFLICT.at(Location(file, clash.line, clash.column), message, hint))


def _one_sided(run: _Run, file: str, texts: tuple[str | None, str | None, str | None]) -> None:
    base, ours, theirs = texts
    if theirs is not None and base is None:
        _write(run, file, theirs, "added")
    elif theirs is None and ours == base:
        run.draft.remove(file)
        run.steps.append(Step(file, "removed"))
    else:  # removed on one side and changed on the other: people's choice stays
        run.steps.append(Step(file, "kept"))


def _write(run: _Run, file: str, text: str, change: str) -> None:
    run.draft.write(file, text)
    run.steps.append(Step(file, change))


def _three_way(ours: str, base: str, theirs: str) -> tuple[str, bool]:
    """Give the merged text and whether it has conflicts."""
    names: Mapping[str, str] = {"here": ours, "before": base, "template": theirs}
    with tempfile.TemporaryDirectory(prefix="gitopsgen-") as folder:
        for name, text in names.items():
            (Path(folder) / name).write_text(text, "utf-8", newline="")
        labels = [part for name in names for part in ("-L", name)]
        command = ["git", "merge-file", "-p", "--diff3", *labels, *names]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603 - no shell
        except FileNotFoundError:
            raise UsageError("git is needed to merge, and is not installed") from None
    if not 0 <= done.returncode <= _MOST_CONFLICTS:
        raise UsageError(f"git merge-file failed: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout.decode("utf-8"), done.returncode > 0


def _conflicts(file: str, text: str) -> Iterator[Diagnostic]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line == "<<<<<<< here":
            message = "found another change here than in the template, expected one that does not touch the same lines"
            hint = "choose between the two sides and take out the markers"
            yield MERGE_CONFLICT.at(Location(file, number, 1), message, hint)
