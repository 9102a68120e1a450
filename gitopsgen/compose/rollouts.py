"""The rollouts of a project: what is known of the clusters of each case, and the waves and batches that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.compose.selection import Target, facts_of, select, texts
from gitopsgen.compose.stacks import value_layers
from gitopsgen.diagnostics import Outcome
from gitopsgen.model.rollout import Rollout, Wave
from gitopsgen.model.selection import Selection
from gitopsgen.source import by_place
from gitopsgen.values import Fold, locate_problems, plan_of
from gitopsgen.waves import Member, divide

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitopsgen.model.project import Project
    from gitopsgen.model.rollout import Batch
    from gitopsgen.values import Problem

_COORDINATES: Final = ("lat", "lon")


def rollouts(project: Project, cases: Sequence[str] = ()) -> Outcome[dict[str, tuple[Batch, ...]]]:
    """Give the batches of each case (of all, or some), in order; the project must have all of its regions."""
    planning = Planning(project)
    wanted = cases or sorted(project.blueprints)
    found = {case: planning.batches(case) for case in wanted}
    located = locate_problems([(planning.file, each, ()) for each in planning.problems], project.texts)
    return Outcome(found, tuple(sorted(dict.fromkeys(located), key=by_place)))


def _place(facts: Mapping[str, Any]) -> tuple[float, float] | None:
    lat, lon = (facts.get(name) for name in _COORDINATES)
    if isinstance(lat, int | float) and isinstance(lon, int | float):
        return lat, lon
    return None


def declared_problems(project: Project) -> list[Problem]:
    """Give what is wrong with the rollouts that the project declares; it must have all of its regions."""
    if not project.rollouts.cases:
        return []
    planning = Planning(project)
    for case in project.rollouts.cases:
        planning.batches(case)
    return planning.problems


@dataclass(slots=True)
class Planning:
    """The rollouts of one project."""

    project: Project
    problems: list[Problem] = field(default_factory=list)
    targets: dict[str, list[Target]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the clusters of each case."""
        for target in select(self.project, Selection()):
            self.targets.setdefault(target.blueprint.name, []).append(target)

    @property
    def file(self) -> str:
        """Give the file that declares rollouts."""
        return self.project.rollouts.file

    def batches(self, case: str) -> tuple[Batch, ...]:
        """Give the batches of a case, and note what is wrong with them."""
        rollout = self.rollout(case)
        batches, problems = divide(rollout, self.project.rollouts.environments, list(self._members(rollout)))
        if rollout.is_declared:
            self.problems += problems
        return batches

    def rollout(self, case: str) -> Rollout:
        """Give the rollout of a case: the declared one, or one by the waves of the regions."""
        declared = self.project.rollouts.cases.get(case)
        if declared is not None:
            return declared
        names: dict[int, str] = {}
        for target in self.targets.get(case, ()):
            waves = target.region.facts.get("waves", ())
            names.update({each["wave"]: each["name"] for each in waves if isinstance(each, dict)})
            names.setdefault(target.region.wave, f"wave-{target.region.wave}")
        waves = tuple(Wave(names[number], {"wave": (str(number),)}) for number in sorted(names))
        return Rollout(case, waves, is_declared=False)

    def _members(self, rollout: Rollout) -> Iterator[Member]:
        targets = self.targets.get(rollout.case, ())
        fold = Fold(plan_of(targets[0].blueprint.schema)) if targets else Fold(None)
        for target in targets:
            region, cluster = target.region, target.cluster
            yield Member(
                region.name,
                cluster.name,
                cluster.class_name,
                region.environment,
                {name: tuple(texts(value)) for name, value in facts_of(target).items()},
                tuple(peer["name"] for peer in region.facts.get("failover", ()) if isinstance(peer, dict)),
                _place(region.facts),
                self._traffic(rollout, target, fold) if rollout.traffic else 0,
            )

    def _traffic(self, rollout: Rollout, target: Target, fold: Fold) -> int:
        """Give the traffic of a cluster as files alone have it: a release must not move what it is measured by."""
        layers = value_layers(self.project, target.region, target.cluster, target.blueprint, released=False)
        value: Any = fold.merge(layers)
        for step in rollout.traffic:
            value = value.get(step) if isinstance(value, dict) else None
        return value if type(value) is int and value > 0 else 0
