"""What scaffolding must know of a project that is there."""

from __future__ import annotations

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
        meant = did_you_mean(name, project.regions)
        raise UsageError(f"there is no region {name}{f'; {meant}' if meant else ''}")
    return project.regions[name]


def canaries(project: Project) -> tuple[str, ...]:
    """Give the regions of the first wave."""
    first = min((region.wave for region in project.regions.values()), default=0)
    return tuple(name for name, region in project.regions.items() if region.wave == first)


def cluster_of(region: Region, name: str) -> Cluster:
    """Give a cluster of a region: the one named, or the first; raises UsageError where there is none."""
    found = [cluster for cluster in region.clusters if name in ("", cluster.name)]
    if not found:
        raise UsageError(f"there is no cluster {name or 'at all'} in {region.name}")
    return found[0]
