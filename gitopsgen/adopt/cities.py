"""The clusters whose objects are adopted, with the facts that a template could name. Knows no objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.model.project import Cluster, Region

# Below them stand other clusters, or what the name of the region says already.
_LEFT_OUT: Final = frozenset({"region.clusters", "cluster.region", "cluster.kubernetes", "cluster.versionSet"})


@dataclass(frozen=True, slots=True)
class City:
    """One cluster of a city; `facts` are texts, by the expression by which a template names them."""

    region: str
    cluster: str
    environment: str
    tier: str
    area: str
    facts: Mapping[str, str]

    @property
    def place(self) -> str:
        """Give `region/cluster`."""
        return f"{self.region}/{self.cluster}"


def city_of(region: Region, cluster: Cluster) -> City:
    """Give what is known of a cluster."""
    facts = dict(_texts({"region": region.facts, "cluster": cluster.facts}, ""))
    facts["region.name | upper"] = region.name.upper()
    facts["region.name | capitalize"] = region.name.capitalize()
    return City(region.name, cluster.name, region.environment, region.tier, region.area, facts)


def _texts(data: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        place = f"{path}.{name}" if path else name
        if place not in _LEFT_OUT and name.isidentifier():
            yield from _text(value, place)


def _text(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value:
        yield place, value
    elif isinstance(value, dict):
        yield from _texts(value, place)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _text(item, f"{place}[{at}]")
