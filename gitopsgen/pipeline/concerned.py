"""Which city to look at first for a file that changed: one that depends on it, with the least to render."""

from __future__ import annotations

from collections.abc import Iterable

from gitopsgen.model.project import Project, Region


def concerned(project: Project, files: Iterable[str]) -> tuple[str, ...]:
    """Give for each file a region that depends on it, the one with the least to render."""
    chosen = set()
    for file in files:
        cases = _cases(project, file)
        touched = [one for one in project.regions.values() if _depends(one, file, cases)]
        chosen.add(min(touched or project.regions.values(), key=_size).name)
    return tuple(sorted(chosen))


def _cases(project: Project, file: str) -> set[str]:
    """Give the cases whose blueprint, or a component that they take, a file belongs to."""
    folder = project.settings.blueprints
    parts = file.removeprefix(f"{folder}/").split("/") if file.startswith(f"{folder}/") else []
    if parts[:1] == ["components"]:
        name = parts[1] if len(parts) > 1 else ""
        return {case for case, one in project.blueprints.items() if any(use.component == name for use in one.uses)}
    return {*parts[:1]}


def _depends(region: Region, file: str, cases: set[str]) -> bool:
    runs = any(cases & set(cluster.cases) for cluster in region.clusters)
    return runs or file in region.layers or file.startswith(f"{region.directory}/")


def _size(region: Region) -> tuple[int, str]:
    return sum(len(cluster.cases) for cluster in region.clusters), region.name
