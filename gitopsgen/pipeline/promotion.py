"""`promote`, `rollback`, `status`: the release lock changed, and exactly the cities concerned rendered with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gitopsgen import argocd
from gitopsgen.compose import Selection, rollouts
from gitopsgen.compose.setting import set_paths
from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Severity, UsageError
from gitopsgen.load import load
from gitopsgen.load.rollouts import RELEASES
from gitopsgen.model.project import Project
from gitopsgen.model.rollout import Batch, Releases
from gitopsgen.pipeline.options import RenderOptions, RenderReport
from gitopsgen.pipeline.start import render
from gitopsgen.promote import (
    Change,
    Progress,
    Recipe,
    Scope,
    edited,
    new_release,
    next_batch,
    progress_of,
    promoted,
    rolled_back,
    running,
)
from gitopsgen.promote.changes import chosen
from gitopsgen.values import did_you_mean


@dataclass(frozen=True, slots=True)
class Promotion:
    """What to promote: a new release, by what it sets, else `release`, else the newest that runs.

    `date` is today's.
    """

    case: str
    date: str
    sets: Sequence[tuple[str, Any]] = ()
    scope: Scope = field(default_factory=Scope)
    name: str = ""
    after: str = ""
    any_order: bool = False
    release: str = ""


@dataclass(frozen=True, slots=True)
class Rollback:
    """What to take back: where, and to which release (`none` for none; empty for what each cluster ran before)."""

    case: str
    to: str = ""
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class PromotionReport:
    """What was changed; `change` is None where there was nothing to do or something was wrong."""

    rendered: RenderReport
    change: Change | None = None
    before: Mapping[str, str] = field(default_factory=dict)  # the release of each cluster that changes
    is_complete: bool = False  # every cluster runs the newest release already


def promote(root: Path, wish: Promotion, options: RenderOptions) -> PromotionReport:
    """Give a release to the next batch of clusters, or to one that is named, and render their cities.

    Nothing is written if anything is wrong with them. Raises `UsageError` for what makes no sense.
    """
    opened = _opened(root, wish.case)
    if opened.failed:
        return PromotionReport(RenderReport(opened.diagnostics))
    project, batches, releases = opened.value
    is_new = bool(wish.sets)
    # Nobody runs a release that is still to be made, whatever its name will be.
    release, run = ("new", Releases()) if is_new else (_meant(wish, batches, releases), releases)
    batch = next_batch(batches, run, release, wish.scope, any_order=wish.any_order)
    if batch is None:
        return PromotionReport(RenderReport(opened.diagnostics), is_complete=True)
    if not is_new:
        return _applied(project, promoted(wish.case, releases, batch, release), options)
    pairs = set_paths(project, Selection(cases=(wish.case,), sets=tuple(wish.sets)))
    other = next((case for case in pairs if case != wish.case), "")
    if other:
        raise UsageError(f"a release is one of {wish.case} alone, and cannot set values of {other}")
    recipe = Recipe(tuple(pairs[wish.case]), wish.date, wish.name, wish.after)
    made = new_release(releases, batch, recipe)
    return _applied(project, promoted(wish.case, releases, batch, made), options)


def _meant(wish: Promotion, batches: Sequence[Batch], releases: Releases) -> str:
    """Give the release to bring on: the one that is named, else the newest that runs somewhere."""
    if not releases.newest:
        raise UsageError(f'"{wish.case}" has no release yet: make one with --set PATH=VALUE')
    if wish.release and wish.release not in releases.releases:
        hint = did_you_mean(wish.release, releases.releases)
        raise UsageError(f'release "{wish.release}" does not exist; {hint}'.rstrip("; "))
    found = wish.release or running(releases, (cluster for batch in batches for cluster in batch.clusters))
    if not found:
        back = f'no cluster runs "{releases.newest}" any more: it was taken back'
        again = f"begin it again with --release {releases.newest}"
        raise UsageError(f"{back}; make another with --set PATH=VALUE, or {again}")
    return found


def rollback(root: Path, wish: Rollback, options: RenderOptions) -> PromotionReport:
    """Take clusters back to a release that they had, and render their cities.

    Nothing is written if anything is wrong with them. Raises `UsageError` for what makes no sense.
    """
    opened = _opened(root, wish.case)
    if opened.failed:
        return PromotionReport(RenderReport(opened.diagnostics))
    project, batches, releases = opened.value
    return _applied(project, rolled_back(wish.case, releases, chosen(batches, wish.scope), wish.to), options)


def status(root: Path, case: str = "") -> Outcome[tuple[Progress, ...]]:
    """Tell how far the rollouts of one case, or of all, are."""
    loaded = load(root)
    project = loaded.value
    if case:
        _check_case(project, case)
    found = progress_in(project, (case,) if case else ())
    return Outcome(found.value, (*loaded.diagnostics, *found.diagnostics))


def progress_in(project: Project, cases: Sequence[str] = ()) -> Outcome[tuple[Progress, ...]]:
    """Tell the same of a loaded project: of some cases, or of all."""
    planned = rollouts(project, cases)
    found = (
        progress_of(name, project.releases.get(name, Releases()), batches) for name, batches in planned.value.items()
    )
    return Outcome(tuple(found), planned.diagnostics)


def _opened(root: Path, case: str) -> Outcome[tuple[Project, tuple[Batch, ...], Releases]]:
    """Give a project, the batches of a case, and its releases."""
    loaded = load(root)
    project = loaded.value
    _check_case(project, case)
    found: tuple[Diagnostic, ...] = loaded.diagnostics
    batches: tuple[Batch, ...] = ()
    if not loaded.failed:
        planned = rollouts(project, (case,))
        batches, found = planned.value[case], (*found, *planned.diagnostics)
    return Outcome((project, batches, project.releases.get(case, Releases())), found)


def _check_case(project: Project, case: str) -> None:
    if case not in project.blueprints:
        raise UsageError(f'case "{case}" does not exist; {did_you_mean(case, project.blueprints)}'.rstrip("; "))


def _applied(project: Project, change: Change, options: RenderOptions) -> PromotionReport:
    """Render the cities of a change with the lock as it is to be, and write both, or neither."""
    releases = project.releases.get(change.case, Releases())
    before = {cluster: releases.of(cluster) for cluster in change.clusters}
    file = f"{project.settings.overlays}/{RELEASES}"
    edits = {file: edited(project.texts.get(file, ""), change).encode()}
    regions = tuple(sorted({cluster.partition("/")[0] for cluster in change.clusters}))
    asked = replace(options, selection=Selection(regions=regions), edits=edits)
    report = render(project.settings.root, asked)
    if report.is_reshaped and not any(one.severity is Severity.ERROR for one in report.diagnostics):
        # Other kinds of objects than before: what Argo CD may deploy changes too, and that depends on all cities.
        only = frozenset({*regions, argocd.REGION})
        report = render(project.settings.root, replace(asked, selection=Selection(), only=only))
    return PromotionReport(replace(report, diagnostics=tuple(_told(report, file, change))), change, before)


def _told(report: RenderReport, lock: str, change: Change) -> Iterator[Diagnostic]:
    """Give the errors, and of all else what the releases have to do with: `render` tells the rest.

    What is wrong with a new release is told at what the command line sets: no file has it yet.
    """

    def place(location: Location) -> Location:
        return Location("--set") if change.release and location.file == lock else location

    for one in report.diagnostics:
        places = (one.location, *(each.location for each in one.related))
        if one.severity is Severity.ERROR or any(each.file == lock for each in places):
            related = tuple(replace(each, location=place(each.location)) for each in one.related)
            yield replace(one, location=place(one.location), related=related)
