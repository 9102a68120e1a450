"""What scaffolding must know of a project that is there."""

from __future__ import annotations

from collections.abc import Iterable

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.project import Cluster, Project, Region
from gitopsgen.scaffold.service import Folders
from gitopsgen.values import did_you_mean


def folders_of(project: Project) -> Folders:
    """Give where the project keeps its blueprints and overlays."""
    return Folders(project.settings.blueprints, project.settings.overlays)


def known_region(project: Project, name: str) -> Region:
    """Give a region by its name; raises UsageError where there is none."""
    if name not in project.regions:
        raise absent("region", name, project.regions)
    return project.regions[name]


def known_case(project: Project, name: str) -> str:
    """Give the name of a case back; raises UsageError where there is none."""
    if name not in project.blueprints:
        raise absent("case", name, project.blueprints)
    return name


def absent(what: str, name: str, known: Iterable[str]) -> UsageError:
    """Give the error for a name that is none of those known, with the one that may be meant."""
    return UsageError(f'{what} "{name}" does not exist; {did_you_mean(name, known)}'.rstrip("; "))


def canaries(project: Project) -> tuple[str, ...]:
    """Give the regions of the first wave."""
    first = min((region.wave for region in project.regions.values()), default=0)
    return tuple(name for name, region in project.regions.items() if region.wave == first)


def cluster_of(region: Region, name: str) -> Cluster:
    """Give a cluster of a region: the one named, or the first; raises UsageError where there is none."""
    found = [cluster for cluster in region.clusters if name in ("", cluster.name)]
    if not found:
        if not name:
            raise UsageError(f'region "{region.name}" has no cluster')
        raise absent("cluster", f"{region.name}/{name}", [f"{region.name}/{each.name}" for each in region.clusters])
    return found[0]
