"""What can be said soonest of templates that changed: each is rendered alone, and its manifests judged one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.project import Opened
from gitopsgen.pipeline.together import path_of
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.explain import enclosing
from gitopsgen.template.instance import Instance


def glance(opened: Opened, files: Collection[str]) -> Iterator[Diagnostic]:
    """Give what the templates among some files do wrong in the variants that were asked for.

    Says nothing of how manifests fit together, nor of variants with patches.
    """
    for variant in opened.variants:
        blueprint = opened.project.blueprints[variant.id.case]
        some = tuple(template for template in blueprint.templates if template.path in files)
        if some and not variant.patches:
            for instance in opened.engine.instances(replace(blueprint, templates=some)):
                yield from _judged(opened, variant, instance)


def _judged(opened: Opened, variant: Variant, instance: Instance) -> Iterator[Diagnostic]:
    places = opened.regions.places
    try:
        made = opened.engine.render(instance, variant.context)
    except TemplateErrors as errors:
        yield from (places.template_error(error, variant.id, variant.context) for error in errors.errors)
        return
    checker = opened.regions.checker(variant.context["cluster"])
    for one in made:
        if one.is_resource:
            manifest = Manifest(variant.id, path_of(variant.id, one.name), one.template, one.document, one.data)
            for found in checker.manifest(manifest):
                source = enclosing(opened.engine, instance, variant.context, one.document, tuple(found.field))
                yield places.finding(found, source)
