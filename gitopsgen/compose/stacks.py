"""The layers of values of a variant, lowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gitopsgen.compose.setting import set_paths
from gitopsgen.model.project import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.model.project import Blueprint, Cluster, Overlay, Project, Region
    from gitopsgen.model.selection import Selection
    from gitopsgen.model.variant import Path

SET: Final = "--set"


def set_layers(project: Project, selection: Selection) -> dict[str, Layer]:
    """Give the layer that the command line lays over each case."""
    layers = {}
    for case, pairs in set_paths(project, selection).items():
        data: dict[str, Any] = {}
        for path, value in pairs:
            _put(data, path, value)
        layers[case] = Layer(SET, SET, data)
    return layers


def _put(data: dict[str, Any], path: Path, value: Any) -> None:
    for step in path[:-1]:
        below = data.get(str(step))
        data[str(step)] = below = below if isinstance(below, dict) else {}
        data = below
    data[str(path[-1])] = value


def value_layers(
    project: Project, region: Region, cluster: Cluster, blueprint: Blueprint, *, released: bool = True
) -> tuple[Layer, ...]:
    """Give the layers of values that files hold for a variant; in one file, those of its class come over the others.

    The highest is the release that its cluster runs, unless `released` is false.
    """
    case = blueprint.name
    common = (project.overlays[file] for file in region.layers)
    overlays = (*common, *case_overlays(project, region, cluster.name, case))
    parts = (part for overlay in overlays for part in (overlay.cases, overlay.class_cases.get(cluster.class_name, {})))
    own = (*blueprint.defaults, *(layer for part in parts if (layer := part.get(case))))
    releases = project.releases.get(case) if released else None
    return (*own, *releases.layer(f"{region.name}/{cluster.name}")) if releases else own


def case_overlays(project: Project, region: Region, cluster: str, case: str) -> tuple[Overlay, ...]:
    """Give the overlay files that are for one case of a region, lowest first."""
    files = case_files(region, cluster, case)
    return tuple(overlay for file in files if (overlay := project.overlays.get(file)))


def case_files(region: Region, cluster: str, case: str) -> tuple[str, str]:
    """Give where overlay files of one case of a region would stand."""
    return f"{region.directory}/{case}.yaml", f"{region.directory}/{cluster}/{case}.yaml"


def fact_layers(project: Project, region: Region) -> tuple[Layer, ...]:
    """Give the layers of facts of a region."""
    return tuple(project.overlays[file].facts for file in region.layers)


def with_set(layers: tuple[Layer, ...], sets: Mapping[str, Layer], case: str) -> tuple[Layer, ...]:
    """Give the layers of a case with what the command line sets on top."""
    return (*layers, sets[case]) if case in sets else layers


def file_path(layer: Layer, path: Path) -> Path:
    """Give where in the layer's file a path of the case's values stands."""
    return (*layer.prefix, *path[len(layer.at) :])
