"""Which values of which variants a place in a file is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gitopsgen.compose.stacks import fact_layers, value_layers
from gitopsgen.lsp import expressions
from gitopsgen.lsp.positions import Place, Text
from gitopsgen.model.project import Layer, Template
from gitopsgen.model.variant import Path, Variant
from gitopsgen.pipeline.fields import has_member, member
from gitopsgen.pipeline.project import Opened
from gitopsgen.review.masking import masked_values
from gitopsgen.source import PlaceIndex

TEMPLATE = ".j2"
_VALUES = "values"


@dataclass(frozen=True, slots=True)
class Subject:
    """A value of a variant: its path in what templates see."""

    variant: Variant
    path: Path

    @property
    def value(self) -> Any:
        """The value, secrets masked."""
        root, *rest = self.path
        return member(masked_values(self.variant.context[str(root)], str(root)), tuple(rest))

    @property
    def is_secret(self) -> bool:
        """Whether any of it is masked."""
        return bool(self.value != member(dict(self.variant.context), self.path))


def offset_of(text: Text, place: Place) -> int:
    """Give how many code points of the whole text stand before a place."""
    line, column = text.position(place)
    lines = text.whole.splitlines(keepends=True) if "\r" in text.whole else text.whole.split("\n")
    ends = 0 if "\r" in text.whole else 1
    return sum(len(one) + ends for one in lines[: line - 1]) + column - 1


def subjects_at(opened: Opened, file: str, text: Text, place: Place) -> list[Subject]:
    """Give the values that a place is about, one a variant that has it; none where it is about none."""
    if file.endswith(TEMPLATE):
        path = expressions.path_at(text.whole, offset_of(text, place))
        found = _in_template(opened, file, path) if path else iter(())
    else:
        written = PlaceIndex(file, text.whole).path_at(text.position(place))
        found = _in_layer(opened, file, written) if written else iter(())
    return [one for one in found if has_member(dict(one.variant.context), one.path)]


def uses_of(opened: Opened, file: str) -> Iterator[tuple[str, Template]]:
    """Give the cases that use a template, each with where it finds its values."""
    for case, blueprint in opened.project.blueprints.items():
        yield from ((case, template) for template in blueprint.templates if template.path == file)


def seen(template: Template, path: Path) -> Path:
    """Give a path as a template writes it from the root of the variant's context."""
    return (_VALUES, *template.at, *path[1:]) if path[:1] == (_VALUES,) else path


def _in_template(opened: Opened, file: str, path: Path) -> Iterator[Subject]:
    for case, template in uses_of(opened, file):
        whole = seen(template, path)
        yield from (Subject(one, whole) for one in opened.variants if one.id.case == case)


def _in_layer(opened: Opened, file: str, written: Path) -> Iterator[Subject]:
    project = opened.project
    plain = written[: next((index for index, step in enumerate(written) if isinstance(step, int)), len(written))]
    for variant in opened.variants:
        region = project.regions[variant.id.region]
        cluster = next(one for one in region.clusters if one.name == variant.id.cluster)
        blueprint = project.blueprints[variant.id.case]
        values = value_layers(project, region, cluster, blueprint)
        yield from _below((_VALUES,), variant, _of(values, file, plain))
        yield from _below(("cluster",), variant, _of(cluster.layers, file, plain))
        yield from _below(("region",), variant, _of(fact_layers(project, region), file, plain))


def _of(layers: tuple[Layer, ...], file: str, written: Path) -> Iterator[Path]:
    """Give the paths that layers make of one in their file: a list is one value, wherever in it one looks."""
    for layer in layers:
        size = len(layer.prefix)
        if layer.file == file and written[:size] == layer.prefix and len(written) > size:
            yield (*layer.at, *written[size:])


def _below(root: Path, variant: Variant, paths: Iterator[Path]) -> Iterator[Subject]:
    yield from (Subject(variant, (*root, *path)) for path in paths)
