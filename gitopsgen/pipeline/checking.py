"""`check`: our variants, or manifests of anyone, judged without a cluster and without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.model.selection import Selection
from gitopsgen.pipeline.baselines import read_baseline, without_known
from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests
from gitopsgen.pipeline.manifest_files import read_manifests
from gitopsgen.pipeline.options import RenderOptions
from gitopsgen.pipeline.profiles import Choice, Profile, severity_of_code
from gitopsgen.pipeline.suppressions import Accepted, sift

_OF_THE_TREE = "GG85"  # whether files are up to date is asked by `verify`
_LARGEST = 1 << 20  # bytes of an input that is looked through for comments


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is told of all that is found: `only` and `skip` name rules.

    `against` is the older state that updates are judged from, a revision or a folder; empty for none.
    `baseline` is what was known before, `policies` are folders with rules of one's own.
    `profile` is empty for the usual one: `fleet` for our variants, `cluster` for manifests of others.
    """

    profile: str = ""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    baseline: Path | None = None
    against: str = ""
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What stands, what was accepted by comments, and what was looked at.

    `objects` are file, line and name of each foreign object, `files` the foreign ones that were read; `variants` and
    `manifests` count our own; `unchecked` are objects without a schema, `known` findings of the baseline, `gone` its
    entries that nothing answers to any more.
    """

    findings: tuple[Diagnostic, ...]
    accepted: tuple[Accepted, ...] = ()
    objects: tuple[tuple[str, int, str], ...] = ()
    variants: int = 0
    manifests: int = 0
    unchecked: int = 0
    known: int = 0
    gone: int = 0
    files: tuple[str, ...] = ()
    text_of: Callable[[str], str] = str


def check_manifests(
    paths: tuple[str, ...], kustomizations: tuple[str, ...], how: ForeignOptions, options: CheckOptions
) -> CheckReport:
    """Judge manifests that stand in files; raises `UsageError` for what cannot be asked."""
    choice = Choice(options.only, options.skip)
    read = read_manifests(paths, kustomizations)
    how = replace(how, profile=Profile(options.profile or Profile.CLUSTER))
    judged = judge_manifests(read.value, how, choice)

    def text_of(file: str) -> str:
        return judged.texts.get(file, "")

    updates: tuple[Diagnostic, ...] = ()
    if options.against:
        from gitopsgen.pipeline.updates import judge_updates, older_state  # noqa: PLC0415 - a plain check asks no Git

        older = older_state(options.against, paths, kustomizations)
        updates = judge_updates(older, judged.texts, how, choice)
    report = CheckReport(
        (*read.diagnostics, *judged.findings, *updates),
        objects=judged.objects,
        unchecked=judged.unchecked,
        files=tuple(judged.texts),
        text_of=text_of,
    )
    return _told(report, choice, options)


def check_project(root: Path, selection: Selection, jobs: int, options: CheckOptions) -> CheckReport:
    """Judge the variants of a project as a render would, in memory."""
    from gitopsgen.pipeline.start import render  # noqa: PLC0415 - what foreign manifests never need

    choice = Choice(options.only, options.skip)
    done = render(
        root, RenderOptions(selection, dry_run=True, jobs=jobs, policies=options.policies, tells_accepted=True)
    )
    updates: tuple[Diagnostic, ...] = ()
    if options.against:
        from gitopsgen.pipeline.comparison import refused_updates  # noqa: PLC0415 - a plain check asks no Git

        updates = refused_updates(root, options.against)

    def text_of(file: str) -> str:
        path = (root / file).resolve()
        is_ours = path.is_relative_to(root.resolve()) and path.is_file() and path.stat().st_size <= _LARGEST
        return path.read_text("utf-8", errors="replace") if is_ours else ""

    profile = Profile(options.profile or Profile.FLEET)
    found = tuple(
        replace(one, severity=severity_of_code(one.code, one.severity, profile))
        for one in (*done.diagnostics, *updates)
        if not one.code.startswith(_OF_THE_TREE)
    )
    report = CheckReport(found, variants=len(done.variants), manifests=done.manifests, text_of=text_of)
    return _told(report, choice, options)


def _told(report: CheckReport, choice: Choice, options: CheckOptions) -> CheckReport:
    """Leave out what was not asked for, what a comment accepts, and what the baseline knows."""
    wanted = [one for one in _once(report.findings) if choice.wants(one.code, one.name)]
    standing, accepted, complaints = sift(wanted, report.text_of, report.files)
    standing += [one for one in complaints if choice.wants(one.code, one.name)]
    baseline = read_baseline(options.baseline) if options.baseline else Counter[tuple[str, str, str]]()
    new, known, gone = without_known(standing, baseline)
    return replace(report, findings=tuple(new), accepted=tuple(accepted), known=known, gone=gone)


def _once(found: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    return dict.fromkeys(found)
