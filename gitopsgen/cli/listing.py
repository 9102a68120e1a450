"""`gitopsgen list`: what the project has, without rendering it.

Not named `list`: a submodule of that name would hide the builtin from the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import (
    Cases,
    Clusters,
    Color,
    Colour,
    Format,
    Output,
    ProjectDirectory,
    Quiet,
    Regions,
    Selector,
    subcommand,
)
from gitopsgen.cli.selection import selection_of

if TYPE_CHECKING:
    from gitopsgen.model.project import Blueprint, Cluster, Project, Region
    from gitopsgen.model.selection import Selection
    from gitopsgen.model.variant import VariantId

Record = dict[str, Any]
app = subcommand()


class Noun(StrEnum):
    """What can be listed."""

    REGIONS = "regions"
    CLUSTERS = "clusters"
    CASES = "cases"
    VARIANTS = "variants"


@app.command("list")
def list_(
    what: Annotated[Noun, typer.Argument(help="What to list.", show_default=False)],
    region: Regions = None,
    cluster: Clusters = None,
    case: Cases = None,
    selector: Selector = None,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """List regions, clusters, cases or variants.

    Variants are printed as region/cluster/case, the address that other commands take.
    With a selection: those that have to do with the selected variants. -q leaves the heading out.

    gitopsgen list variants --region shanghai

    gitopsgen list clusters -l tier=edge-small,wave!=0 -o json
    """
    console = open_console(project, output, color, quiet)

    from gitopsgen.load import load
    from gitopsgen.report import Report, terminal

    selection = selection_of(region, cluster, case, selector)
    with console.working("reading"):
        outcome = load(console.root, regions=selection.regions)
    records = records_of(what, outcome.value, selection)
    heading = [] if quiet or not records else [[key.upper() for key in records[0]]]
    rows = [[_cell(value) for value in record.values()] for record in records]
    return console.finish(Report(outcome.diagnostics, {what.value: records}, terminal.table([*heading, *rows])))


def records_of(what: Noun, project: Project, selection: Selection) -> list[Record]:
    """Give a record for each that is selected, in the order of their names."""
    regions, clusters, blueprints, variants = _selected(project, selection)
    if what is Noun.REGIONS:
        return [_region(region) for region in regions]
    if what is Noun.CLUSTERS:
        return [_cluster(cluster) for cluster in clusters]
    if what is Noun.CASES:
        return [_case(blueprint, clusters) for blueprint in blueprints]
    return [_variant(variant) for variant in variants]


def _selected(
    project: Project, selection: Selection
) -> tuple[Iterable[Region], list[Cluster], Iterable[Blueprint], list[VariantId]]:
    from gitopsgen.compose import select
    from gitopsgen.model.variant import VariantId

    targets = select(project, selection)
    variants = [VariantId(each.region.name, each.cluster.name, each.blueprint.name) for each in targets]
    if selection.is_whole:  # also what has no variant
        regions = project.regions.values()
        return regions, [each for region in regions for each in region.clusters], project.blueprints.values(), variants
    chosen = {target.region.name: target.region for target in targets}
    clusters = {(target.region.name, target.cluster.name): target.cluster for target in targets}
    blueprints = {target.blueprint.name: target.blueprint for target in targets}
    return chosen.values(), list(clusters.values()), blueprints.values(), variants


def _region(region: Region) -> Record:
    return {
        "name": region.name,
        "zh": region.facts.get("zh", ""),
        "area": region.area,
        "tier": region.tier,
        "environment": region.environment,
        "wave": region.wave,
        "clusters": [cluster.name for cluster in region.clusters],
    }


def _cluster(cluster: Cluster) -> Record:
    return {
        "region": cluster.region,
        "name": cluster.name,
        "class": cluster.class_name,
        "kubernetes": cluster.kubernetes,
        "versionSet": cluster.version_set,
        "cases": list(cluster.cases),
    }


def _case(blueprint: Blueprint, clusters: Iterable[Cluster]) -> Record:
    return {
        "name": blueprint.name,
        "title": blueprint.title,
        "namespace": blueprint.namespace,
        "kubernetes": f">={blueprint.minimum_kubernetes}",
        "clusters": sum(blueprint.name in cluster.cases for cluster in clusters),
        "components": [use.component for use in blueprint.uses],
    }


def _variant(variant: VariantId) -> Record:
    return {"id": str(variant), "region": variant.region, "cluster": variant.cluster, "case": variant.case}


def _cell(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
