"""How far a rollout is: which release the clusters of each batch run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitopsgen.model.rollout import Batch, Releases
from gitopsgen.promote.changes import NONE, running


@dataclass(frozen=True, slots=True)
class Step:
    """One batch, and its clusters by the release that they run (`none` for none)."""

    batch: Batch
    clusters: Mapping[str, tuple[str, ...]]

    def is_done(self, release: str) -> bool:
        """Tell whether all clusters run a release."""
        return set(self.clusters) == {release}


@dataclass(frozen=True, slots=True)
class Progress:
    """The rollout of one case.

    `release` is the newest that a cluster runs; where none runs any, the newest that was made; empty where there is
    none. `taken_back` are those made after it, and itself where no cluster runs it.
    """

    case: str
    release: str
    date: str
    steps: tuple[Step, ...]
    taken_back: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return sum(len(step.batch.clusters) for step in self.steps)

    @property
    def done(self) -> int:
        """How many clusters run the release."""
        return sum(len(step.clusters.get(self.release, ())) for step in self.steps) if self.release else 0

    @property
    def next(self) -> Batch | None:
        """The first batch that does not run the release everywhere; None where there is nothing to go on with."""
        if not self.release or self.release in self.taken_back:
            return None
        steps: Iterator[Step] = (step for step in self.steps if not step.is_done(self.release))
        found = next(steps, None)
        return found.batch if found else None


def progress_of(case: str, releases: Releases, batches: Sequence[Batch]) -> Progress:
    """Give how far the rollout of a case is."""
    run = running(releases, (cluster for batch in batches for cluster in batch.clusters))
    shown = run or releases.newest
    order = releases.latest_first
    taken_back = order[: order.index(run)] if run else order
    date = releases.releases[shown].date if shown else ""
    return Progress(case, shown, date, tuple(_step(releases, batch) for batch in batches), taken_back)


def _step(releases: Releases, batch: Batch) -> Step:
    found: dict[str, list[str]] = {}
    for cluster in batch.clusters:
        found.setdefault(releases.of(cluster) or NONE, []).append(cluster)
    order = (*releases.latest_first, NONE)
    known = (name for name in order if name in found)
    return Step(batch, {name: tuple(found[name]) for name in known})
