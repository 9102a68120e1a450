"""How far a rollout is: which release the clusters of each batch run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitopsgen.model.rollout import Batch, Releases
from gitopsgen.promote.changes import NONE


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
    """The rollout of one case; `release` is the newest, empty where there is none."""

    case: str
    release: str
    date: str
    steps: tuple[Step, ...]

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return sum(len(step.batch.clusters) for step in self.steps)

    @property
    def done(self) -> int:
        """How many clusters run the newest release."""
        return sum(len(step.clusters.get(self.release, ())) for step in self.steps) if self.release else 0

    @property
    def next(self) -> Batch | None:
        """The first batch that does not run the newest release everywhere; None where there is nothing to do."""
        steps: Iterator[Step] = (step for step in self.steps if self.release and not step.is_done(self.release))
        found = next(steps, None)
        return found.batch if found else None


def progress_of(case: str, releases: Releases, batches: Sequence[Batch]) -> Progress:
    """Give how far the rollout of a case is."""
    newest = releases.newest
    date = releases.releases[newest].date if newest else ""
    return Progress(case, newest, date, tuple(_step(releases, batch) for batch in batches))


def _step(releases: Releases, batch: Batch) -> Step:
    found: dict[str, list[str]] = {}
    for cluster in batch.clusters:
        found.setdefault(releases.of(cluster) or NONE, []).append(cluster)
    order = (*releases.latest_first, NONE)
    known = (name for name in order if name in found)
    return Step(batch, {name: tuple(found[name]) for name in known})
