"""The values and facts in which a city differs from its tier, and the line that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from gitopsgen.compose import select
from gitopsgen.compose.provenance import Origins
from gitopsgen.compose.selection import Target
from gitopsgen.compose.stacks import case_files, file_path, value_layers
from gitopsgen.emit import inline
from gitopsgen.load.rollouts import RELEASES
from gitopsgen.model.project import Layer
from gitopsgen.model.variant import VariantId
from gitopsgen.pipeline.overview.texts import Texts
from gitopsgen.pipeline.project import Opened
from gitopsgen.review.masking import is_secret
from gitopsgen.source import Tagged
from gitopsgen.values import Fold
from gitopsgen.values.merge import mounted

_WIDEST: Final = 120
_BEFORE: Final = 24  # what is shown of what two texts have alike
_HIDDEN: Final = "(hidden)"
_ABSENT: Final = object()


class Deviations:
    """Compares the values of variants, and the facts of clusters, with those that the layers up to their tier give."""

    COLUMNS: ClassVar[list[str]] = ["cluster", "case", "value", "here", "tier", "layer", "file", "line"]

    def __init__(self, opened: Opened) -> None:
        """Take the variants of a project."""
        self.texts = Texts()
        self._project = opened.project
        self._origins = Origins(opened.project, opened.selection)
        self._values = {one.id: one.context["values"] for one in opened.variants}
        self._folds: dict[str, Fold] = {}
        self._targets: dict[str, list[Target]] = {}
        for target in select(opened.project, opened.selection):
            self._targets.setdefault(target.region.name, []).append(target)

    def of_city(self, city: str) -> list[list[int | None]]:
        """Give a row a value, as `COLUMNS` says: texts by their number, the line as it is."""
        targets = self._targets.get(city, [])
        clusters = {one.cluster.name: one for one in targets}
        facts = (row for one in clusters.values() for row in self._facts(one))
        return [*facts, *(row for target in targets for row in self._of(target))]

    def _facts(self, target: Target) -> Iterator[list[int | None]]:
        """Give the facts of a cluster in which it differs, as values of no case."""
        yield from self._compared(target, "", target.cluster.layers, target.cluster.facts)

    def _of(self, target: Target) -> Iterator[list[int | None]]:
        variant = VariantId(target.region.name, target.cluster.name, target.blueprint.name)
        layers = value_layers(self._project, target.region, target.cluster, target.blueprint)
        if variant in self._values:
            yield from self._compared(target, variant.case, layers, self._values[variant])

    def _compared(
        self, target: Target, case: str, layers: Sequence[Layer], values: Mapping[str, Any]
    ) -> Iterator[list[int | None]]:
        above = self._above(target)
        upper = [one for one in layers if one.file in above]
        if not upper:
            return
        plan = self._origins.plan(target.blueprint) if case else None
        fold = self._folds.setdefault(case, Fold(plan))
        lower = fold.merge([one for one in layers if one.file not in above])
        for path, layer in _set_by(upper).items():
            here, there = _at(values, path), _at(lower, path)
            if here != there:
                values_shown = _apart(_shown(path[-1], here), _shown(path[-1], there))
                texts = (target.cluster.name, case, ".".join(path), *values_shown)
                place = self._origins.place(layer.file, file_path(layer, path))
                yield [*map(self.texts.number, (*texts, layer.name, place.file)), place.line]

    def _above(self, target: Target) -> set[str]:
        """Give the files that come over the tier of a region."""
        region, overlays = target.region, self._project.settings.overlays
        tiers = f"{overlays}/tiers/"
        common = [file for file in region.layers if not file.startswith((tiers, f"{overlays}/environments/"))]
        own = case_files(region, target.cluster.name, target.blueprint.name)
        return {*(one for one in common if one != f"{overlays}/fleet.yaml"), *own, f"{overlays}/{RELEASES}"}


def _set_by(layers: Sequence[Layer]) -> dict[tuple[str, ...], Layer]:
    """Give the values that layers set, each with the highest layer that does."""
    return {path: layer for layer in layers for path in _leaves(mounted(layer), ())}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    plain = value.value if type(value) is Tagged else value
    if isinstance(plain, dict) and plain:
        for name, below in plain.items():
            yield from _leaves(below, (*path, name))
    elif path:
        yield path


def _at(values: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(values, Mapping) or step not in values:
            return _ABSENT
        values = values[step]
    return values


def _shown(name: str, value: Any) -> str:
    if value is _ABSENT:
        return ""
    if is_secret(name, value):
        return _HIDDEN
    return inline(value, 0) if not isinstance(value, dict | list) or not value else _flow(value)


def _apart(one: str, other: str) -> tuple[str, str]:
    """Cut two texts that are too long so that what tells them apart is seen."""
    if max(len(one), len(other)) <= _WIDEST:
        return one, other
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, alike - _BEFORE)
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    return f"{'…' if start else ''}{text[start : start + _WIDEST]}{'…' if len(text) > start + _WIDEST else ''}"


def _flow(value: Any) -> str:
    """Give plain data on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return inline(value, 0)
