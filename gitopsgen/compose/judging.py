"""Merged values against the schema of their case: every violation at the line that set the value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from gitopsgen.compose.stacks import case_overlays, file_path
from gitopsgen.diagnostics import Location, Related
from gitopsgen.source import locate
from gitopsgen.values import Fold, Judge, Plan, Problem, echoes, plan_of, trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.compose.selection import Target
    from gitopsgen.model.project import Blueprint, Layer, Project
    from gitopsgen.model.variant import Path

Found = tuple[str, Problem, tuple[Related, ...]]


@dataclass(frozen=True, slots=True)
class Stack:
    """The layers of one variant."""

    target: Target
    layers: tuple[Layer, ...]


@dataclass(slots=True)
class CaseValues:
    """The values of one case all over the fleet: merged and judged, each distinct stack once."""

    project: Project
    blueprint: Blueprint
    judge: Judge
    plan: Plan | None
    fold: Fold
    found: dict[Found, None] = field(default_factory=dict)
    missing: dict[Problem, list[Stack]] = field(default_factory=dict)
    judged: dict[int, bool] = field(default_factory=dict)

    def of(self, target: Target, layers: tuple[Layer, ...]) -> tuple[Any, bool]:
        """Give the merged values of a variant, and whether anything required is missing in them."""
        values = self.fold.merge(layers)
        is_incomplete = self.judged.get(id(values))
        if is_incomplete is None:
            is_incomplete = self.judged[id(values)] = self._judge(values, Stack(target, layers))
        return values, is_incomplete

    def _judge(self, values: Any, stack: Stack) -> bool:
        problems = self.judge.violations(values)
        missing = [problem for problem in problems if problem.kind == self.judge.kinds.missing]
        unknown = [problem for problem in problems if problem.kind == self.judge.kinds.unknown]
        for problem in problems:
            if problem not in missing:
                self._note(self._origin(stack, problem), problem)
            elif not echoes(problem, unknown) and self._is_known(stack):
                self.missing.setdefault(problem, []).append(stack)
        return bool(missing)

    def _is_known(self, stack: Stack) -> bool:
        """Tell whether all layers of a variant were read: else what is missing may stand in one that was not."""
        files = (layer.file for layer in stack.layers)
        return stack.target.region.is_complete and self.project.unread.isdisjoint(files)

    def problems(self, *, is_whole: bool) -> list[Found]:
        """Give all that was found; what common layers repeat in vain only where all variants were seen."""
        for problem, stacks in self.missing.items():
            # What most variants lack, the defaults lack: one mistake, not one a city.
            is_common = len(stacks) > 1 and 2 * len(stacks) > len(self.judged)
            for stack in stacks[:1] if is_common else stacks:
                self._note(self._place(stack, problem, is_common=is_common), problem)
        found = list(self.found)
        lock = f"{self.project.settings.overlays}/releases.lock.yaml"
        for layer, problem in self.fold.problems():
            found.append((layer.file, moved(problem, file_path(layer, problem.path)), ()))
        for layer, problem in self.fold.inherited():
            # A blueprint may pin what its components say today; an overlay has no reason to.
            # A release records what was promoted, whatever overlays say by now.
            is_kept = any(layer is default for default in self.blueprint.defaults) or layer.file == lock
            if not is_kept and (is_whole or "/regions/" in layer.file):
                found.append((layer.file, moved(problem, file_path(layer, problem.path)), ()))
        return found

    def _note(self, place: tuple[str, Path], problem: Problem) -> None:
        file, path = place
        described = problem.path[:-1] if problem.key else problem.path
        self.found[file, moved(problem, path), self._declaration(described)] = None

    def _origin(self, stack: Stack, problem: Problem) -> tuple[str, Path]:
        """Give where the value of a problem was set."""
        winners = trace(stack.layers, self.plan, problem.path).winners if problem.path else ()
        if not winners:
            return self._own_file(stack), ()
        return winners[0].layer.file, file_path(winners[0].layer, winners[0].path)

    def _place(self, stack: Stack, problem: Problem, *, is_common: bool) -> tuple[str, Path]:
        """Give where a missing value should stand: by the defaults if most variants lack it, else by the city's own.

        What an overlay began, such as an item of a list, has to be completed there.
        """
        winners = trace(stack.layers, self.plan, problem.path).winners if problem.path else ()
        around = winners[-1 if is_common else 0] if winners else None
        if around and (is_common or around.layer not in self.blueprint.defaults):
            return around.layer.file, file_path(around.layer, around.path)
        return (f"{self.blueprint.directory}/blueprint.yaml" if is_common else self._own_file(stack)), ()

    def _own_file(self, stack: Stack) -> str:
        target = stack.target
        own = case_overlays(self.project, target.region, target.cluster.name, self.blueprint.name)
        return own[0].file if own else f"{self.blueprint.directory}/blueprint.yaml"

    def _declaration(self, path: Path) -> tuple[Related, ...]:
        """Give where the schema of a value stands: in a component's file or the blueprint's own."""
        root = f"{self.blueprint.directory.rsplit('/', 1)[0]}/components"
        own = (f"{self.blueprint.directory}/values.schema.json", path)
        mounted = [
            (f"{root}/{use.component}/values.schema.json", path[len(use.at) :])
            for use in self.blueprint.uses
            if path[: len(use.at)] == use.at
        ]
        known = [(file, rest) for file, rest in (own, *mounted) if file in self.project.texts]
        if not known:
            return ()
        # The file that describes most of the path: a mount describes the steps that lead to it.
        file, rest = max(
            known, key=lambda item: len(path) - len(item[1]) + _depth(self.project.texts[item[0]], item[1])
        )
        place = locate(self.project.texts[file], _schema_path(rest), file=file)
        return (Related("its schema", Location(file, place.line, place.column)),)


@dataclass(slots=True)
class Schemas:
    """What is made of the schemas of cases, for whoever composes again and again."""

    _judges: dict[str, Judge] = field(default_factory=dict)
    _plans: dict[str, tuple[Mapping[str, Any], Plan | None]] = field(default_factory=dict)

    def judge(self, blueprint: Blueprint) -> Judge:
        """Give what judges the values of a case."""
        made = self._judges.get(blueprint.name)
        if made is None or made.schema is not blueprint.schema:
            validator = jsonschema_rs.Draft202012Validator(dict(blueprint.schema))
            made = self._judges[blueprint.name] = Judge(blueprint.schema, validator)
        return made

    def plan(self, blueprint: Blueprint) -> Plan | None:
        """Give how the values of a case merge."""
        made = self._plans.get(blueprint.name)
        if made is None or made[0] is not blueprint.schema:
            made = self._plans[blueprint.name] = blueprint.schema, plan_of(blueprint.schema)
        return made[1]


def case_values(project: Project, blueprint: Blueprint, schemas: Schemas) -> CaseValues:
    """Make ready to judge the values of a case."""
    plan = schemas.plan(blueprint)
    return CaseValues(project, blueprint, schemas.judge(blueprint), plan, Fold(plan))


def moved(problem: Problem, path: Path) -> Problem:
    """Give the same problem at another path."""
    return Problem(problem.kind, path, problem.message, problem.hint, problem.key)


def _schema_path(path: Path) -> Path:
    steps: list[str | int] = []
    for step in path:
        steps.extend(("items",) if isinstance(step, int) else ("properties", step))
    return tuple(steps)


def _depth(text: str, path: Path) -> int:
    """Tell how many steps of a value path a schema file describes by itself."""
    node: Any = json.loads(text)
    for depth, step in enumerate(path):
        properties = node.get("properties") if isinstance(node, dict) else None
        if not isinstance(properties, dict) or step not in properties:
            return depth
        node = properties[step]
    return len(path)
