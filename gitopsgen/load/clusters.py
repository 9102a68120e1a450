"""Which facts a cluster has: those of its class from all layers, and over them its own from all layers.

Pure: overlays in, layers out; knows no files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.source import Tagged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitopsgen.model.project import Layer, Overlay


@dataclass(frozen=True, slots=True)
class ClusterStack:
    """The class of a cluster, and the layers of its facts, lowest first."""

    class_name: str
    layers: tuple[Layer, ...]


def cluster_stack(overlays: Sequence[Overlay], name: str) -> ClusterStack:
    """Give the facts of one cluster of a region, whose overlays are given lowest first."""
    own: list[Layer] = []
    for overlay in overlays:
        if name in overlay.clusters:
            own.append(overlay.clusters[name])
        elif is_deletion(_presence(overlay).get(name)):
            own.clear()
    class_name = _class_of(reversed(own)) or name
    of_class = (overlay.classes[class_name] for overlay in overlays if class_name in overlay.classes)
    return ClusterStack(class_name, (*of_class, *own))


def named_classes(overlays: Iterable[Overlay]) -> set[str]:
    """Give the classes that overlays name: those with facts, and those of clusters."""
    found: set[str] = set()
    for overlay in overlays:
        found.update(overlay.classes)
        found.update(_class_of([layer]) or name for name, layer in overlay.clusters.items())
    return found


def is_deletion(value: Any) -> bool:
    """Tell whether a layer takes away what lower ones gave."""
    return isinstance(value, Tagged) and value.op == "delete"


def _presence(overlay: Overlay) -> dict[str, Any]:
    clusters = overlay.facts.data.get("clusters")
    return clusters if isinstance(clusters, dict) else {}


def _class_of(layers: Iterable[Layer]) -> str:
    """Give the class that the first of some layers names, empty where none does."""
    for layer in layers:
        value = layer.data.get("class")
        if is_deletion(value):
            return ""
        if isinstance(value, Tagged):
            value = value.value
        if isinstance(value, str):
            return value
    return ""
