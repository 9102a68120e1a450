"""What falls to each variant of a total of the whole fleet: a layer of values on top of all others.

Knows which variants a case has, whether they were asked for or not; must not know templates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitopsgen.compose.findings import COMPUTED_VALUE, UNEQUAL_TOTAL
from gitopsgen.compose.stacks import file_path, value_layers, with_set
from gitopsgen.fleet import divided
from gitopsgen.model.project import Layer
from gitopsgen.values import Fold, Problem, path_text, plan_of, trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.model.project import Blueprint, Cluster, Project, Region, Share
    from gitopsgen.model.variant import Path
    from gitopsgen.values import Contribution, Plan


@dataclass(frozen=True, slots=True)
class Member:
    """One variant that a total is shared with: its address without the case, and its layers of values."""

    name: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Division:
    """A total divided among the variants of a case, by their names; what is not known is not there."""

    total: int
    weights: Mapping[str, int]
    shares: Mapping[str, int]
    members: tuple[Member, ...]

    def layer(self, blueprint: Blueprint, share: Share, name: str) -> Layer | None:
        """Give the layer that sets the share of a member; its name says how the share came out."""
        if name not in self.shares:
            return None
        data: Any = self.shares[name]
        for step in reversed(share.value):
            data = {step: data}
        weight, whole = self.weights[name], sum(self.weights.values())
        title = f"share of {self.total} by weight {weight} of {whole} in {len(self.weights)} clusters"
        return Layer(title, f"{blueprint.directory}/blueprint.yaml", data, ("shares", share.index))


@dataclass(slots=True)
class Shares:
    """The divisions of one project; each is computed once."""

    project: Project
    sets: Mapping[str, Layer]
    found: dict[tuple[str, Problem], None] = field(default_factory=dict)
    _plans: dict[str, Plan | None] = field(default_factory=dict)
    _divisions: dict[tuple[str, int], Division] = field(default_factory=dict)
    _layers: dict[tuple[str, int, int, int], Layer] = field(default_factory=dict)

    def over(self, layers: tuple[Layer, ...], blueprint: Blueprint, name: str) -> tuple[Layer, ...]:
        """Give the layers of a variant with those of its shares on top."""
        for share in blueprint.shares:
            division = self.of(blueprint, share)
            computed = division.layer(blueprint, share, name)
            if computed is not None:
                self._refuse(layers, blueprint, share)
                # one record of each share: layers that are the same object merge once
                key = (blueprint.name, share.index, division.shares[name], division.weights[name])
                layers = (*layers, self._layers.setdefault(key, computed))
        return layers

    def _refuse(self, layers: tuple[Layer, ...], blueprint: Blueprint, share: Share) -> None:
        """Report who sets what is computed."""
        for winner in trace(layers, self._plan(blueprint), share.value).winners:
            message = f'"{path_text(share.value)}" is computed from "{path_text(share.total)}", and cannot be set'
            hint = f'set the weight, "{path_text(share.weight)}"'
            place = file_path(winner.layer, winner.path)
            self.found[winner.layer.file, Problem(COMPUTED_VALUE, place, message, hint)] = None

    def of(self, blueprint: Blueprint, share: Share) -> Division:
        """Give how a total is divided."""
        key = (blueprint.name, share.index)
        if key not in self._divisions:
            self._divisions[key] = self._division(blueprint, share)
        return self._divisions[key]

    def _division(self, blueprint: Blueprint, share: Share) -> Division:
        members = tuple(self._members(blueprint))
        fold = Fold(self._plan(blueprint))
        values = {member.name: fold.merge(member.layers) for member in members}
        totals = {name: _number(each, share.total) for name, each in values.items()}
        weights = {name: _number(each, share.weight) for name, each in values.items()}
        known = {name: weight for name, weight in weights.items() if weight is not None}
        total = Counter(totals.values()).most_common(1)[0][0]
        odd = [member for member in members if totals[member.name] != total]
        for member in odd:
            self._note_total(blueprint, share, member, f"{len(members) - len(odd)} others have {total}")
        if total is None or odd or len(known) < len(members):
            return Division(0, {}, {}, members)  # a value that is missing or no number is reported by its schema
        return Division(total, known, divided(total, known), members)

    def _note_total(self, blueprint: Blueprint, share: Share, member: Member, others: str) -> None:
        for winner in trace(member.layers, self._plan(blueprint), share.total).winners:
            message = f'"{path_text(share.total)}" is {winner.value} in {member.name}, but {others}'
            hint = "a total is shared by the whole fleet: set it in its file alone"
            problem = Problem(UNEQUAL_TOTAL, file_path(winner.layer, winner.path), message, hint)
            self.found[winner.layer.file, problem] = None

    def others(self, blueprint: Blueprint, share: Share, name: str) -> list[tuple[Contribution, int]]:
        """Give each place that sets the weight of members beside one, and of how many."""
        found: dict[tuple[str, Path], tuple[Contribution, int]] = {}
        for member in self.of(blueprint, share).members:
            for winner in trace(member.layers, self._plan(blueprint), share.weight).winners:
                place = (winner.layer.file, file_path(winner.layer, winner.path))
                if member.name != name:
                    found[place] = winner, found.get(place, (winner, 0))[1] + 1
        return list(found.values())

    def _members(self, blueprint: Blueprint) -> Iterator[Member]:
        regions = {**self.project.others, **self.project.regions}
        for name in sorted(regions):
            for cluster in regions[name].clusters:
                if blueprint.name in cluster.cases:
                    yield self._member(regions[name], cluster, blueprint)

    def _member(self, region: Region, cluster: Cluster, blueprint: Blueprint) -> Member:
        layers = value_layers(self.project, region, cluster, blueprint)
        return Member(member_name(region.name, cluster.name), with_set(layers, self.sets, blueprint.name))

    def _plan(self, blueprint: Blueprint) -> Plan | None:
        if blueprint.name not in self._plans:
            self._plans[blueprint.name] = plan_of(blueprint.schema)
        return self._plans[blueprint.name]


def member_name(region: str, cluster: str) -> str:
    """Give the name of a member of a division."""
    return f"{region}/{cluster}"


def _number(values: Any, path: Path) -> int | None:
    for step in path:
        values = values.get(step) if isinstance(values, dict) else None
    return values if type(values) is int and values >= 0 else None
