"""One project opened for questions: loaded, composed and ready to render single templates again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as Directory

from gitopsgen.compose import Selection, compose
from gitopsgen.diagnostics import Diagnostic, UsageError
from gitopsgen.load import Memory, load
from gitopsgen.model.project import Project
from gitopsgen.model.variant import Origin, Path, Variant, VariantId
from gitopsgen.pipeline.engines import engine_of
from gitopsgen.pipeline.findings import Places
from gitopsgen.pipeline.regions import Regions
from gitopsgen.pipeline.work import Member, by_region
from gitopsgen.template.engine import Engine
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.instance import Instance, Made


@dataclass(frozen=True, slots=True)
class ValueOrigin:
    """One value that a field was made of: its path in what templates see, who set it, and who lost."""

    path: str
    winners: tuple[Origin, ...]
    losers: tuple[Origin, ...]


class UnrenderedError(Exception):
    """A template of a variant does not render: what is wrong, each at its line."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Take what was found."""
        super().__init__(*(one.message for one in diagnostics))
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class Opened:
    """A project and those of its variants that were asked for."""

    project: Project
    selection: Selection
    variants: tuple[Variant, ...]
    engine: Engine
    regions: Regions
    diagnostics: tuple[Diagnostic, ...]
    known: dict[tuple[VariantId, Path], ValueOrigin] = field(default_factory=dict)

    def variant(self, address: VariantId) -> Variant:
        """Give a variant by its address; raises UsageError where there is none."""
        for variant in self.variants:
            if variant.id == address:
                return variant
        raise UsageError(f'there is no variant "{address}": gitopsgen list variants names them')

    def members(self) -> list[Member]:
        """Give the variants by region."""
        return by_region(self.variants)

    def made(self, variant: Variant) -> Iterator[tuple[Instance, Made]]:
        """Give the files of a variant, each with the template that made it; raises `UnrenderedError`."""
        blueprint = self.project.blueprints[variant.id.case]
        patching = self.regions.patching(variant)
        for instance in (*self.engine.instances(blueprint), self.regions.application_of(variant.id.case)):
            try:
                rendered = self.engine.render(instance, variant.context)
            except TemplateErrors as errors:
                places = self.regions.places
                found = (places.template_error(one, variant.id, variant.context) for one in errors.errors)
                raise UnrenderedError(tuple(found)) from None
            yield from ((instance, made) for made in patching.of(rendered))


def open_project(
    root: Directory,
    selection: Selection,
    instead: Mapping[str, bytes] | None = None,
    memory: Memory | None = None,
) -> Opened:
    """Load and compose what a selection asks for; `instead` gives other contents of some files."""
    loaded = load(root, regions=selection.regions, instead=instead, memory=memory)
    composed = compose(loaded.value, selection)
    engine = engine_of(loaded.value)
    places = Places(loaded.value, selection, engine.expressions)
    return Opened(
        loaded.value,
        selection,
        composed.value,
        engine,
        Regions(loaded.value, engine, places),
        (*loaded.diagnostics, *composed.diagnostics),
    )


def open_variant(root: Directory, target: str, sign: str = "/") -> tuple[Opened, Variant]:
    """Open what is needed of a project for one variant, called `REGION/[CLUSTER/]CASE`.

    `sign` is what whoever asked wrote before the case, and reads in what is told.
    Raises UsageError where that names none, or several.
    """
    region, *clusters, case = target.strip("/").split("/")
    opened = open_project(root, Selection(regions=(region,), clusters=tuple(clusters), cases=(case,)))
    if len(opened.variants) != 1:
        named = ", ".join(_written(str(variant.id), sign) for variant in opened.variants)
        cure = f"name one of them: {named}" if named else "gitopsgen list variants names them"
        raise UsageError(f'"{_written(target, sign)}" names {len(opened.variants)} variants, expected one: {cure}')
    return opened, opened.variants[0]


def _written(target: str, sign: str) -> str:
    place, _, case = target.rpartition("/")
    return f"{place}{sign}{case}"
