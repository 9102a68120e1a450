"""How changes reach the clusters of a case, and which release each of them runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitopsgen.model.project import Layer


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest part, in percent, that may change together; None where there is no limit."""

    clusters: int | None = None
    traffic: int | None = None


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave as it is declared; `path` is its place in the file.

    `where` gives for each fact the values of which a cluster must have one, `unless` those that keep it out;
    `take` is how many of those that fit are taken. `batches` counts batches, `size` the clusters in one; without
    either: as few as will do. `max_update` is what Argo CD may update at once in a batch, where it does the rollout.
    """

    name: str
    where: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path: tuple[str | int, ...] = ()
    take: int | None = None
    batches: int | None = None
    size: int | None = None
    limits: Limits = Limits()
    max_update: int | str | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """How changes of one case reach its clusters.

    `traffic` is the path of the value that measures the traffic of a cluster; empty where nothing does.
    `is_declared` is false where the waves of the regions stand in for those that nobody declared.
    `is_rolling` says that Argo CD waits for each batch by itself (RollingSync).
    """

    case: str
    waves: tuple[Wave, ...]
    path: tuple[str | int, ...] = ()
    traffic: tuple[str, ...] = ()
    wave_limits: Limits = Limits()
    batch_limits: Limits = Limits()
    is_rolling: bool = False
    is_declared: bool = True


@dataclass(frozen=True, slots=True)
class Rollouts:
    """The contents of `rollouts.yaml`: rollouts by case, and environments in the order in which changes reach them."""

    file: str
    environments: tuple[str, ...] = ()
    cases: Mapping[str, Rollout] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Clusters (`region/cluster`) of one case that change together."""

    wave: str
    number: int  # from 1
    count: int  # of the batches of the wave
    clusters: tuple[str, ...]
    max_update: int | str | None = None

    def __str__(self) -> str:
        """Give what people call it."""
        return self.wave if self.count == 1 else f"{self.wave}, batch {self.number} of {self.count}"


@dataclass(frozen=True, slots=True)
class Release:
    """Values of a case that reach its clusters wave by wave: a layer below `--set` and above all others."""

    name: str
    date: str
    layer: Layer


@dataclass(frozen=True, slots=True)
class Releases:
    """What the release lock says of one case: its releases, oldest first, and for each cluster those that it had.

    The last of a cluster's releases is the one that it runs; a cluster that is not named runs none.
    """

    releases: Mapping[str, Release] = field(default_factory=dict)
    clusters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def latest_first(self) -> tuple[str, ...]:
        """The releases, the one that was made last first."""
        return tuple(self.releases)[::-1]

    @property
    def newest(self) -> str:
        """The release that was made last, empty where there is none."""
        return next(iter(self.latest_first), "")

    def of(self, cluster: str) -> str:
        """Give the release that a cluster runs, empty for none."""
        had = self.clusters.get(cluster, ())
        return had[-1] if had else ""

    def layer(self, cluster: str) -> tuple[Layer, ...]:
        """Give the layer of a cluster's release; none where it runs none."""
        release = self.releases.get(self.of(cluster))
        return (release.layer,) if release else ()


def values_of(release: Release | None) -> Mapping[str, Any]:
    """Give the values of a release, none of no release."""
    return release.layer.data if release else {}
