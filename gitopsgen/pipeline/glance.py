"""What can be said soonest of files that changed.

Values are merged and judged; of templates only those that changed, or one that takes in what changed, are rendered,
each alone, and what they make is judged one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gitopsgen.check import Checker
from gitopsgen.compose import Schemas, Selection, compose
from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.load import Memory, load
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.project import Blueprint, Project, Template
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.engines import small_engine_of
from gitopsgen.pipeline.findings import Places
from gitopsgen.pipeline.regions import Regions
from gitopsgen.pipeline.together import path_of
from gitopsgen.source import stamp, walk
from gitopsgen.template.engine import Engine
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.explain import enclosing
from gitopsgen.template.instance import Instance
from gitopsgen.template.nodes import Parsed


@dataclass(slots=True)
class _Kept:
    """What one glance leaves to the next."""

    schemas: Schemas = field(default_factory=Schemas)
    parsed: Mapping[str, Parsed] | None = None


def glance(
    root: Path,
    selection: Selection,
    files: Collection[str],
    memory: Memory,
    instead: Mapping[str, bytes] | None = None,
) -> tuple[Diagnostic, ...]:
    """Give what is wrong with the inputs of a selection and, if nothing is, with the templates among some files.

    Says nothing of how manifests fit together, nor of templates in variants with patches.
    `instead` gives other contents of some files.
    Raises `UsageError` where the selection makes no sense, or `root` is no project.
    """
    kept = memory.once(("glance",), (), _Kept)
    loaded = load(root, regions=selection.regions, instead=instead, memory=memory)
    composed = compose(loaded.value, selection, kept.schemas)
    found = (*loaded.diagnostics, *composed.diagnostics)
    if any(one.severity is Severity.ERROR for one in found):
        return found
    engine = small_engine_of(loaded.value, kept.parsed)
    kept.parsed = kept.parsed or engine.loader.parsed
    regions = Regions(loaded.value, engine, Places(loaded.value, selection, engine.expressions, kept.schemas))
    regions.checkers = memory.once(("checkers",), _packs(loaded.value), dict[str, Checker])
    return (*found, *_of_templates(regions, composed.value, files))


def _packs(project: Project) -> tuple[Any, ...]:
    """Give what changes with the schemas of custom kinds."""
    root = project.settings.root
    return tuple((file, stamp(root, file) or object()) for file in walk(root, project.settings.schemas).value)


def _of_templates(regions: Regions, variants: Collection[Variant], files: Collection[str]) -> Iterator[Diagnostic]:
    for variant in variants:
        blueprint = regions.project.blueprints[variant.id.case]
        some = () if variant.patches else tuple(_changed(regions.engine, blueprint, files))
        for instance in regions.engine.instances(replace(blueprint, templates=some)):
            yield from _judged(regions, variant, instance)


def _changed(engine: Engine, blueprint: Blueprint, files: Collection[str]) -> Iterator[Template]:
    """Give the templates of a case that changed, and for others that changed the first that names them."""
    yield from (one for one in blueprint.templates if one.path in files)
    own = {one.path for one in blueprint.templates}
    start = f"{engine.loader.blueprints}/"
    for file in (one for one in files if one.startswith(start) and one.endswith(".j2") and one not in own):
        name = file.removeprefix(start)
        yield from [one for one in blueprint.templates if name in engine.loader.source(one.path)][:1]


def _judged(regions: Regions, variant: Variant, instance: Instance) -> Iterator[Diagnostic]:
    try:
        made = regions.engine.render(instance, variant.context)
    except TemplateErrors as errors:
        yield from (regions.places.template_error(error, variant.id, variant.context) for error in errors.errors)
        return
    checker = regions.checker(variant.context["cluster"])
    for one in made:
        if one.is_resource:
            manifest = Manifest(variant.id, path_of(variant.id, one.name), one.template, one.document, one.data)
            for found in checker.manifest(manifest):
                source = enclosing(regions.engine, instance, variant.context, one.document, tuple(found.field))
                yield regions.places.finding(found, source)
