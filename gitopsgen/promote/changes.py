"""Which clusters get which release: the next batch of a promotion, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.rollout import Batch, Releases
from gitopsgen.values import did_you_mean

NONE: Final = "none"  # the state before any release, as people write it


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A release that the lock does not have yet."""

    name: str
    date: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a rollout that a command names: a wave, and a batch of it; empty and 0 for any."""

    wave: str = ""
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of the lock: for each cluster that changes the releases that it had and the one it gets."""

    case: str
    clusters: Mapping[str, tuple[str, ...]]
    release: NewRelease | None = None
    batch: Batch | None = None


def chosen(batches: Sequence[Batch], scope: Scope) -> list[Batch]:
    """Give the batches of a scope; raises `UsageError` where there are none."""
    waves = list(dict.fromkeys(batch.wave for batch in batches))
    if scope.wave and scope.wave not in waves:
        raise UsageError(f'there is no wave "{scope.wave}"; {did_you_mean(scope.wave, waves)}'.rstrip("; "))
    if scope.batch and not scope.wave:
        raise UsageError("a batch is a part of a wave: name the wave too")
    found = [batch for batch in batches if scope.wave in ("", batch.wave) and scope.batch in (0, batch.number)]
    if not found and scope.batch:
        count = next(batch.count for batch in batches if batch.wave == scope.wave)
        raise UsageError(f'wave "{scope.wave}" has no batch {scope.batch}, but {count}')
    return found


def next_batch(
    batches: Sequence[Batch], releases: Releases, release: str, scope: Scope, *, any_order: bool = False
) -> Batch | None:
    """Give the first batch of a scope where a cluster does not run a release; None where all do.

    Raises `UsageError` where batches before it are not done, unless `any_order`.
    """
    opened = [batch for batch in batches if any(releases.of(cluster) != release for cluster in batch.clusters)]
    found = next((batch for batch in chosen(batches, scope) if batch in opened), None)
    if found and found is not opened[0] and not any_order:
        before = f"{opened[0]} comes before {found}, and does not run the release everywhere"
        raise UsageError(f"{before}; --any-order if that is meant")
    return found


def running(releases: Releases, clusters: Iterable[str]) -> str:
    """Give the newest release that one of some clusters runs, empty where none runs any."""
    run = {releases.of(cluster) for cluster in clusters}
    return next((name for name in releases.latest_first if name in run), "")


def promoted(case: str, releases: Releases, batch: Batch, release: NewRelease | str) -> Change:
    """Give a release, new or known, to those clusters of a batch that do not run it."""
    name = release if isinstance(release, str) else release.name
    clusters = {
        cluster: (*releases.clusters.get(cluster, ()), name)
        for cluster in batch.clusters
        if releases.of(cluster) != name
    }
    return Change(case, clusters, None if isinstance(release, str) else release, batch)


def rolled_back(case: str, releases: Releases, batches: Iterable[Batch], to: str = "") -> Change:
    """Take clusters back: those that run the newest release to what each ran before, or all to a release they had.

    Raises `UsageError` where there is nothing to take back.
    """
    clusters = [cluster for batch in batches for cluster in batch.clusters]
    if to:
        return Change(case, _back_to(releases, clusters, to))
    newest = running(releases, clusters)
    if not newest:
        raise UsageError(f'no cluster of "{case}" there runs a release')
    return Change(case, {one: releases.clusters[one][:-1] for one in clusters if releases.of(one) == newest})


def _back_to(releases: Releases, clusters: Sequence[str], to: str) -> dict[str, tuple[str, ...]]:
    if to != NONE and to not in releases.releases:
        known = (*releases.releases, NONE)
        raise UsageError(f'release "{to}" does not exist; {did_you_mean(to, known)}'.rstrip("; "))
    found: dict[str, tuple[str, ...]] = {}
    for cluster in clusters:
        had = releases.clusters.get(cluster, ())
        if to == NONE and had:
            found[cluster] = ()
        elif to in had[:-1] and had[-1] != to:
            found[cluster] = had[: len(had) - had[::-1].index(to)]
    if not found:
        raise UsageError(f'no cluster there can go back to "{to}": none ran it before what it runs now')
    return found
