"""`rollouts.yaml` and the release lock: how changes reach clusters, and which release each of them runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.load.findings import UNKNOWN_NAME
from gitopsgen.load.references import unknown
from gitopsgen.load.regions import clusters_of
from gitopsgen.load.shapes import check_shape
from gitopsgen.model.project import Layer
from gitopsgen.model.rollout import Limits, Release, Releases, Rollout, Rollouts, Wave
from gitopsgen.values import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gitopsgen.load.inputs import Inputs
    from gitopsgen.load.regions import Facts
    from gitopsgen.model.variant import Path

ROLLOUTS: Final = "rollouts.yaml"
RELEASES: Final = "releases.lock.yaml"


@dataclass(frozen=True, slots=True)
class RolloutReader:
    """Reads both files, knowing which cases there are; of a file with a wrong shape nothing is taken."""

    inputs: Inputs
    cases: Collection[str]

    def rollouts(self, file: str) -> Rollouts:
        """Read how changes reach clusters."""
        data = self._sound("rollouts", file)
        declared = data.get("cases", {})
        self._check_cases(file, declared)
        return Rollouts(
            file,
            tuple(data.get("environments", ())),
            {case: _rollout(case, each) for case, each in declared.items() if case in self.cases},
        )

    def releases(self, file: str) -> dict[str, Releases]:
        """Read the release lock, by case."""
        declared = self._sound("release-lock", file).get("cases", {})
        self._check_cases(file, declared)
        return {case: self._releases(file, case, each) for case, each in declared.items() if case in self.cases}

    def _sound(self, shape: str, file: str) -> dict[str, Any]:
        data = self.inputs.yaml(file)
        is_sound = data is not None and check_shape(self.inputs, shape, file, data)
        if not is_sound:
            self.inputs.unread.add(file)  # what it would say is unknown
        return data if is_sound else {}

    def _check_cases(self, file: str, declared: Mapping[str, Any]) -> None:
        for case in declared:
            if case not in self.cases:
                message = f'case "{case}" has no blueprint'
                hint = did_you_mean(case, self.cases)
                self.inputs.report(file, Problem(UNKNOWN_NAME, ("cases", case), message, hint, key=True))

    def _releases(self, file: str, case: str, data: Mapping[str, Any]) -> Releases:
        releases = {
            name: Release(name, each["date"], _layer(file, case, name, each["values"]))
            for name, each in data["releases"].items()
        }
        clusters = {name: tuple(had) for name, had in data.get("clusters", {}).items()}
        for cluster, had in clusters.items():
            for index, name in enumerate(had):
                if name not in releases:
                    problem = unknown("release", name, ("cases", case, "clusters", cluster, index), releases)
                    self.inputs.report(file, problem)
        return Releases(releases, clusters)


def check_clusters(facts: Facts, file: str, releases: Mapping[str, Releases]) -> None:
    """Report clusters in the release lock that are not there, or do not run the case."""
    layers = facts.layers
    for case, each in releases.items():
        for name in each.clusters:
            path = ("cases", case, "clusters", name)
            region, _, cluster = name.partition("/")
            if region not in layers.known_regions:
                hint = did_you_mean(region, layers.known_regions) or "remove the line"
                problem = Problem(UNKNOWN_NAME, path, f'region "{region}" does not exist', hint, key=True)
                facts.inputs.report(file, problem)
            elif region in layers.read_regions and region in facts.merged and not facts.stacks[region].missing:
                clusters = clusters_of(facts.merged[region])
                run = clusters[cluster].get("cases") if cluster in clusters else None
                if not isinstance(run, list) or case not in run:
                    message = f'cluster "{cluster}" of "{region}" does not run "{case}"'
                    facts.inputs.report(file, Problem(UNKNOWN_NAME, path, message, "remove the line", key=True))


def _layer(file: str, case: str, name: str, values: Mapping[str, Any]) -> Layer:
    return Layer(f"release {name}", file, values, ("cases", case, "releases", name, "values"))


def _rollout(case: str, data: Mapping[str, Any]) -> Rollout:
    path = ("cases", case)
    limits = data.get("limits", {})
    return Rollout(
        case,
        tuple(_wave(each, (*path, "waves", index)) for index, each in enumerate(data["waves"])),
        path,
        tuple(data["traffic"].split(".")) if "traffic" in data else (),
        _limits(limits.get("wave")),
        _limits(limits.get("batch")),
        data.get("rollingSync", False),
    )


def _wave(data: Mapping[str, Any], path: Path) -> Wave:
    return Wave(
        data["name"],
        _facts(data.get("where", {})),
        _facts(data.get("unless", {})),
        path,
        data.get("take"),
        data.get("batches"),
        data.get("size"),
        _limits(data.get("limits")),
        data.get("maxUpdate"),
    )


def _facts(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    listed = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    return {name: tuple(_text(value) for value in values) for name, values in listed.items()}


def _limits(data: Mapping[str, str] | None) -> Limits:
    shares = {name: int(share.removesuffix("%")) for name, share in (data or {}).items()}
    return Limits(shares.get("clusters"), shares.get("traffic"))


def _text(value: Any) -> str:
    """Give a fact as selectors compare it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
