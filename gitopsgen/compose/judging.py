"""Merged values against the schema of their case: every violation at the line that set the value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from gitopsgen.compose.stacks import case_overlays
from gitopsgen.diagnostics import Location, Related
from gitopsgen.source import locate
from gitopsgen.values import Fold, Judge, Plan, Problem, plan_of, trace

if TYPE_CHECKING:
    from gitopsgen.compose.selection import Target
    from gitopsgen.model.project import Blueprint, Layer, Project
    from gitopsgen.model.variant import Path

Found = tuple[str, Problem, tuple[Related, ...]]


@dataclass(slots=True)
class CaseValues:
    """The values of one case all over the fleet: merged and judged, each distinct stack once."""

    project: Project
    blueprint: Blueprint
    judge: Judge
    plan: Plan | None
    fold: Fold
    found: dict[Found, None] = field(default_factory=dict)
    missing: dict[int, bool] = field(default_factory=dict)

    def of(self, target: Target, layers: tuple[Layer, ...]) -> tuple[Any, bool]:
        """Give the merged values of a variant, and whether anything required is missing in them."""
        values = self.fold.merge(layers)
        is_incomplete = self.missing.get(id(values))
        if is_incomplete is None:
            problems = self.judge.violations(values)
            for problem in problems:
                self._note(target, layers, problem)
            is_incomplete = any(problem.kind == self.judge.kinds.missing for problem in problems)
            self.missing[id(values)] = is_incomplete
        return values, is_incomplete

    def problems(self, *, is_whole: bool) -> list[Found]:
        """Give all that was found; what common layers repeat in vain only where all variants were seen."""
        found = list(self.found)
        for layer, problem in self.fold.problems():
            found.append(_in_file(layer, problem))
        for layer, problem in self.fold.inherited():
            if is_whole or "/regions/" in layer.file:
                found.append(_in_file(layer, problem))
        return found

    def _note(self, target: Target, layers: tuple[Layer, ...], problem: Problem) -> None:
        related = self._declaration(problem.path)
        winners = trace(layers, self.plan, problem.path).winners if problem.path else ()
        if winners:
            place = winners[0]
            at = Problem(problem.kind, place.path, problem.message, problem.hint, problem.key)
            file, at, _ = _in_file(place.layer, at)
        else:
            own = case_overlays(self.project, target.region, target.cluster.name, self.blueprint.name)
            file = own[0].file if own else f"{self.blueprint.directory}/blueprint.yaml"
            at = Problem(problem.kind, (), problem.message, problem.hint, problem.key)
        self.found[file, at, related] = None

    def _declaration(self, path: Path) -> tuple[Related, ...]:
        """Give where the schema of a value stands: in a component's file or the blueprint's own."""
        root = f"{self.blueprint.directory.rsplit('/', 1)[0]}/components"
        places = [
            (f"{root}/{use.component}/values.schema.json", path[len(use.at) :])
            for use in self.blueprint.uses
            if path[: len(use.at)] == use.at
        ]
        own = (f"{self.blueprint.directory}/values.schema.json", path)
        known = [(file, rest) for file, rest in (*places, own) if file in self.project.texts]
        best = max(known, key=lambda item: _depth(self.project.texts[item[0]], item[1]), default=None)
        if best is None:
            return ()
        file, rest = best
        place = locate(self.project.texts[file], _schema_path(rest), file=file)
        return (Related("its schema", Location(file, place.line, place.column)),)


def case_values(project: Project, blueprint: Blueprint) -> CaseValues:
    """Make ready to judge the values of a case."""
    plan = plan_of(blueprint.schema)
    judge = Judge(blueprint.schema, jsonschema_rs.Draft202012Validator(dict(blueprint.schema)))
    return CaseValues(project, blueprint, judge, plan, Fold(plan))


def _in_file(layer: Layer, problem: Problem) -> Found:
    return (
        layer.file,
        Problem(problem.kind, file_path(layer, problem.path), problem.message, problem.hint, problem.key),
        (),
    )


def file_path(layer: Layer, path: Path) -> Path:
    """Give where in the layer's file a path of the case's values stands."""
    return (*layer.prefix, *path[len(layer.at) :])


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
