"""`gitopsgen list`: what the project has, without rendering it.

Not named `list`: a submodule of that name would hide the builtin from the package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, subcommand

if TYPE_CHECKING:
    from gitopsgen.model.project import Cluster, Project

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
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """List regions, clusters, cases or variants.

    Variants are printed as region/cluster/case, the address that other commands take.
    """
    from gitopsgen.load import load
    from gitopsgen.report import Report, terminal

    console = open_console(project, output, color, quiet)
    outcome = load(console.root)
    records = list(_RECORDS[what](outcome.value)) if outcome.value else []
    rows = [[_cell(value) for value in record.values()] for record in records]
    heading = [] if quiet or not records else [[key.upper() for key in records[0]]]
    return console.finish(Report(outcome.diagnostics, {what.value: records}, terminal.table([*heading, *rows])))


def regions(project: Project) -> Iterator[dict[str, Any]]:
    """Give a record a region."""
    for region in project.regions.values():
        yield {
            "name": region.name,
            "zh": region.facts.get("zh", ""),
            "area": region.area,
            "tier": region.tier,
            "environment": region.environment,
            "wave": region.wave,
            "clusters": [cluster.name for cluster in region.clusters],
        }


def clusters(project: Project) -> Iterator[dict[str, Any]]:
    """Give a record a cluster; its name alone is not unique, so the region comes first."""
    for cluster in _clusters(project):
        yield {
            "region": cluster.region,
            "name": cluster.name,
            "kubernetes": cluster.kubernetes,
            "versionSet": cluster.version_set,
            "cases": list(cluster.cases),
        }


def cases(project: Project) -> Iterator[dict[str, Any]]:
    """Give a record a case."""
    for blueprint in project.blueprints.values():
        yield {
            "name": blueprint.name,
            "title": blueprint.title,
            "namespace": blueprint.namespace,
            "minimumKubernetes": blueprint.minimum_kubernetes,
            "clusters": sum(blueprint.name in cluster.cases for cluster in _clusters(project)),
            "components": [use.component for use in blueprint.uses],
        }


def variants(project: Project) -> Iterator[dict[str, Any]]:
    """Give a record a variant."""
    for cluster in _clusters(project):
        for case in cluster.cases:
            address = f"{cluster.region}/{cluster.name}/{case}"
            yield {"id": address, "region": cluster.region, "cluster": cluster.name, "case": case}


_RECORDS = {Noun.REGIONS: regions, Noun.CLUSTERS: clusters, Noun.CASES: cases, Noun.VARIANTS: variants}


def _clusters(project: Project) -> Iterator[Cluster]:
    for region in project.regions.values():
        yield from region.clusters


def _cell(value: str | float | Sequence[str] | Mapping[str, Any]) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
