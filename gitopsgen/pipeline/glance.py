"""What can be said soonest of files that changed.

Values are merged and judged; of templates only those that changed are rendered, each alone, and what they make is
judged one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from gitopsgen.compose import Selection, compose
from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.load import Memory, load
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.project import Project
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.engines import engine_of
from gitopsgen.pipeline.findings import Places
from gitopsgen.pipeline.regions import Regions
from gitopsgen.pipeline.together import path_of
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.explain import enclosing
from gitopsgen.template.instance import Instance


def glance(root: Path, selection: Selection, files: Collection[str], memory: Memory) -> tuple[Diagnostic, ...]:
    """Give what is wrong with the inputs of a selection and, if nothing is, with the templates among some files.

    Says nothing of how manifests fit together, nor of templates in variants with patches.
    Raises `UsageError` where the selection makes no sense, or `root` is no project.
    """
    loaded = load(root, regions=selection.regions, memory=memory)
    composed = compose(loaded.value, selection)
    found = (*loaded.diagnostics, *composed.diagnostics)
    if any(one.severity is Severity.ERROR for one in found):
        return found
    return (*found, *_of_templates(loaded.value, selection, composed.value, files))


def _of_templates(
    project: Project, selection: Selection, variants: Collection[Variant], files: Collection[str]
) -> Iterator[Diagnostic]:
    regions: Regions | None = None
    for variant in variants:
        blueprint = project.blueprints[variant.id.case]
        some = tuple(template for template in blueprint.templates if template.path in files)
        if some and not variant.patches:
            regions = regions or _regions(project, selection)
            for instance in regions.engine.instances(replace(blueprint, templates=some)):
                yield from _judged(regions, variant, instance)


def _regions(project: Project, selection: Selection) -> Regions:
    engine = engine_of(project, is_learned=False)  # reading what was learned takes longer than these few templates
    return Regions(project, engine, Places(project, selection, engine.expressions))


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
