"""The cities of the fleet: their facts, their clusters with capacity, what runs there, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from gitopsgen.capacity.judged import Judged
from gitopsgen.model.project import Cluster, Region
from gitopsgen.model.variant import VariantId
from gitopsgen.pipeline.overview.deviations import Deviations
from gitopsgen.pipeline.overview.findings import Findings
from gitopsgen.pipeline.overview.graphs import Graphs
from gitopsgen.pipeline.project import Opened
from gitopsgen.report.capacity import described, described_break, rest_of, sizes

_LOADS: Final = ("usual", "most", "peak")
_RESOURCES: Final = ("cpu", "memory", "pods")


class Cities:
    """Gives the records of cities; clusters with the same numbers share an entry of `capacities`."""

    def __init__(
        self,
        opened: Opened,
        judged: Sequence[Judged],
        findings: Findings,
        deviations: Deviations,
        graphs: Graphs,
    ) -> None:
        """Take what was found out about them."""
        self._project = opened.project
        self._findings = findings
        self._deviations = deviations
        self._graphs = graphs
        self._capacity: dict[str, int] = {}
        self._known: dict[str, int] = {}
        self.capacities: list[dict[str, Any]] = []
        for one in judged:
            self._capacity[one.address] = self._numbered(_capacity(one))

    def records(self) -> list[dict[str, Any]]:
        """Give a record a city, by name."""
        return [self._city(region) for _, region in sorted(self._project.regions.items())]

    def _numbered(self, record: dict[str, Any]) -> int:
        key = json.dumps(record, sort_keys=True)
        if key not in self._known:
            self._known[key] = len(self.capacities)
            self.capacities.append(record)
        return self._known[key]

    def _city(self, region: Region) -> dict[str, Any]:
        facts = region.facts
        clusters = [self._cluster(one) for one in region.clusters]
        return {
            "name": region.name,
            "zh": facts.get("zh", ""),
            "tier": region.tier,
            "area": region.area,
            "environment": region.environment,
            "wave": region.wave,
            "lat": facts.get("lat"),
            "lon": facts.get("lon"),
            "directory": region.directory,
            "failover": list(_neighbours(facts)),
            "headroom": headroom(self.capacities[one["capacity"]] for one in clusters if one["capacity"] is not None),
            "clusters": clusters,
            "findings": self._findings.of_city(region.name),
            "deviations": self._deviations.of_city(region.name),
        }

    def _cluster(self, cluster: Cluster) -> dict[str, Any]:
        releases = self._project.releases
        address = f"{cluster.region}/{cluster.name}"
        running = {case: releases[case].of(address) for case in cluster.cases if case in releases}
        graphs = {
            case: self._graphs.number.get(VariantId(cluster.region, cluster.name, case)) for case in cluster.cases
        }
        return {
            "name": cluster.name,
            "class": cluster.class_name,
            "kubernetes": cluster.kubernetes,
            "versionSet": cluster.version_set,
            "capacity": self._capacity.get(address),
            "names": self._graphs.names.get((cluster.region, cluster.name), {}),
            "variants": [
                {"case": case, "release": running.get(case) or None, "graph": graphs[case]} for case in cluster.cases
            ],
        }


def headroom(capacities: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give what is left in the fullest cluster of a city that can lose a node, in percent; None where none can.

    `fits` is false where any cluster does not hold its pods, unless it says that it is overbooked.
    """
    known = list(capacities)
    left = [100 - max(one["oneLost"].values()) for one in known if one["oneLost"]]
    return {
        "percent": min(left, default=None),
        "fits": all(one["fits"] or one["overbooked"] for one in known),
        "single": sum(one["takers"] == 1 for one in known),
        "clusters": len(known),
    }


def _neighbours(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in facts.get("failover", ()):
        if isinstance(one, dict):
            yield {"name": one["name"], "km": one.get("km"), "rttMs": one.get("rttMs")}


def _capacity(one: Judged) -> dict[str, Any]:
    verdict = one.verdict
    placements = {load: getattr(verdict, load) for load in _LOADS}
    return {
        "nodes": sizes(verdict.nodes),
        "takers": sum(node.takes_any for node in verdict.nodes),
        "fits": verdict.fits,
        "overbooked": str(one.own.get("overbooked") or ""),
        "allocatable": _amounts(verdict.free),
        "cases": [
            {"case": case, **{load: _amounts(verdict.asked(each, case)) for load, each in placements.items()}}
            for case in verdict.cases
        ],
        "total": {load: _amounts(verdict.asked(each)) for load, each in placements.items()},
        "oneLost": _with_one_lost(one),
        "problems": [described(each.unplaced) for each in verdict.problems],
        "breaks": [described_break(each) for each in one.breaks],
    }


def _with_one_lost(one: Judged) -> dict[str, int] | None:
    """Give what the pods take of what is left while all is rolled out and the worst node is lost, in percent."""
    verdict = one.verdict
    if verdict.worst is None:
        return None
    left, rest = verdict.left(verdict.worst), rest_of(verdict)
    return {
        name: -(-100 * (rest[name] - left.get(name, 0)) // rest[name]) for name in ("cpu", "memory") if rest.get(name)
    }


def _amounts(found: Mapping[str, int]) -> dict[str, int]:
    return {name: found.get(name, 0) for name in _RESOURCES}
