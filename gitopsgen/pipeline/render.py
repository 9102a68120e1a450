"""The product in one function: load, compose, render, check, write.

Nothing is written unless everything that was asked for is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from gitopsgen import argocd
from gitopsgen.compose import compose
from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.load import load
from gitopsgen.model.project import Project
from gitopsgen.model.rendered import Rendered
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.findings import Places, collapsed
from gitopsgen.pipeline.fleet import fleet_files
from gitopsgen.pipeline.options import RenderOptions, RenderReport
from gitopsgen.pipeline.regions import RegionResult, Regions
from gitopsgen.schemas.cache import default_directory
from gitopsgen.template.engine import Engine
from gitopsgen.template.loader import Loader
from gitopsgen.tree import RegionPlan, output_of, plan, plan_pruning, sweep, write_all

Progress = Callable[[int, int], None]
TEMPLATE_CACHE = "templates"


def render(root: Path, options: RenderOptions, progress: Progress | None = None) -> RenderReport:
    """Bring the output tree up to date with the inputs, or tell what stands in the way.

    Raises `UsageError` where the selection makes no sense, or `root` is no project.
    """
    loaded = load(root, regions=options.selection.regions)
    composed = compose(loaded.value, options.selection)
    diagnostics = (*loaded.diagnostics, *composed.diagnostics)
    engine = engine_of(loaded.value)
    results = list(rendered_regions(loaded.value, options, composed.value, engine, progress))
    diagnostics += tuple(one for result in results for one in result.diagnostics)
    files = [(result.region, result.files) for result in results]
    if is_whole(options):
        fleet = fleet_files(loaded.value, engine, composed.value, results)
        diagnostics += fleet.diagnostics
        files.append((argocd.REGION, fleet.value))
    engine.loader.save()
    report = RenderReport(
        collapsed(diagnostics),
        variants=tuple(variant.id for variant in composed.value),
        manifests=sum(result.manifests for result in results),
        stream=_stream(files) if options.stdout else (),
    )
    if options.stdout or _failed(diagnostics, options):
        return report
    return _written(loaded.value, options, files, report)


def engine_of(project: Project) -> Engine:
    """Give an engine for a project's templates, with what earlier runs parsed."""
    settings = project.settings
    cache = default_directory() / TEMPLATE_CACHE
    return Engine(Loader(settings.root, settings.blueprints, project.digests, cache))


def is_whole(options: RenderOptions) -> bool:
    """Tell whether the whole fleet was asked for."""
    chosen = options.selection
    return not (chosen.regions or chosen.clusters or chosen.cases or chosen.selector)


def rendered_regions(
    project: Project,
    options: RenderOptions,
    variants: Sequence[Variant],
    engine: Engine,
    progress: Progress | None = None,
) -> Iterator[RegionResult]:
    """Render and check region by region."""
    places = Places(project, options.selection, engine.expressions)
    regions = Regions(project, engine, places)
    grouped = [(name, list(members)) for name, members in groupby(variants, key=lambda one: one.id.region)]
    for number, (name, members) in enumerate(grouped):
        if progress:
            progress(number, len(grouped))
        yield regions.render(name, members)
    if progress:
        progress(len(grouped), len(grouped))


def _failed(diagnostics: Sequence[Diagnostic], options: RenderOptions) -> bool:
    fatal = {Severity.ERROR, options.fail_on}
    return any(one.severity in fatal for one in diagnostics)


def _stream(files: Sequence[tuple[str, Sequence[Rendered]]]) -> Iterator[str]:
    for _, rendered in files:
        for one in rendered:
            if one.path.endswith(".yaml") and "/bootstrap/" not in one.path and not one.path.endswith("kustomization.yaml"):
                yield "---\n" + one.content.decode().removesuffix("\n")


def _written(
    project: Project, options: RenderOptions, files: Sequence[tuple[str, Sequence[Rendered]]], report: RenderReport
) -> RenderReport:
    """Plan all regions, then write them unless one of them cannot be."""
    output = output_of(project.settings.root, project.settings.generated, options.output)
    chosen = options.selection
    is_partial = bool(chosen.clusters or chosen.cases)
    plans: list[RegionPlan] = []
    for region, rendered in files:
        owners = {one.owner for one in rendered}
        in_scope = owners.__contains__ if is_partial else (lambda _owner: True)
        plans.append(plan(output, region, rendered, force=options.force, in_scope=in_scope))
    if is_whole(options):
        plans += plan_pruning(output, {region for region, _ in files}, force=options.force)
    found = [one for each in plans for one in each.diagnostics]
    if options.writes and not any(one.severity is Severity.ERROR for one in found):
        sweep(output)
        found += write_all(plans).diagnostics
    return RenderReport(
        (*report.diagnostics, *dict.fromkeys(found)),
        *(tuple(path for each in plans for path in getattr(each, change)) for change in CHANGES),
        report.variants,
        report.manifests,
    )


CHANGES = ("created", "updated", "deleted", "unchanged")
