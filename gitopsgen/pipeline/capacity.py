"""`capacity`: do the nodes of each cluster hold its pods, and can other cities carry a lost one's load.

Renders the clusters in memory; those that are alike but for names are judged once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from gitopsgen import fleet
from gitopsgen.capacity import Item, Verdict, judge
from gitopsgen.capacity.failover import Neighbour, Takeover, takeovers
from gitopsgen.capacity.growth import Break, breaks
from gitopsgen.capacity.judged import Judged
from gitopsgen.capacity.objects import Objects
from gitopsgen.check.sharing import parts_of
from gitopsgen.compose import Selection, select
from gitopsgen.diagnostics import Diagnostic, Outcome, UsageError
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.findings import collapsed
from gitopsgen.pipeline.project import Opened, UnrenderedError, open_project
from gitopsgen.pipeline.verdicts import Verdicts
from gitopsgen.template.instance import is_node_data

RULE = "overfull-cluster"
_FEW = 40  # variants: below that, finding out what is alike costs more than it saves


@dataclass(frozen=True, slots=True)
class Capacity:
    """What `capacity` found out: the clusters that were asked for, and what becomes of a lost city's load."""

    clusters: tuple[Judged, ...]
    takeovers: tuple[Takeover, ...] = ()


def capacity(root: Path, selection: Selection, fail: str = "") -> Outcome[Capacity]:
    """Judge the selected clusters; with `fail`, tell who carries the load of the region of that name.

    Raises `UsageError` for a selection of cases (pods of all share the nodes), or a name that does not exist.
    """
    if selection.cases:
        raise UsageError("a cluster's cases share its nodes: select regions or clusters")
    whole = Selection(version_set=selection.version_set, sets=selection.sets)
    opened = open_project(root, whole if fail else selection)
    if fail:
        select(opened.project, Selection(regions=(fail,)))  # says what it may be called
    found = judge_clusters(opened, looks_ahead=not fail)
    judged = list(found.value)
    takers: tuple[Takeover, ...] = ()
    if fail:
        lost = [one for one in judged if one.region == fail and _is_chosen(one.cluster, selection.clusters)]
        takers = tuple(_takeovers(lost, [one for one in judged if one.region != fail]))
        judged = lost
    return Outcome(Capacity(tuple(judged), takers), collapsed([*opened.diagnostics, *found.diagnostics]))


def judge_clusters(opened: Opened, *, looks_ahead: bool = True) -> Outcome[tuple[Judged, ...]]:
    """Judge the clusters of an opened project; with `looks_ahead`, also what breaks first with more to do."""
    work = _Work(opened, looks_ahead)
    judged = tuple(work.clusters())
    return Outcome(judged, tuple(work.found))


def _is_chosen(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatchcase(name, one) for one in patterns)


def _takeovers(lost: Sequence[Judged], rest: Sequence[Judged]) -> Iterator[Takeover]:
    for case in dict.fromkeys(case for one in lost for case in one.own["cases"]):
        owners = [one for one in lost if case in one.own["cases"]]
        near = sorted(
            (_neighbour(owners[0], one) for one in rest if case in one.own["cases"]),
            key=lambda one: (one.km, one.cluster),
        )
        yield from takeovers([one.verdict for one in owners], case, near)


def _neighbour(own: Judged, other: Judged) -> Neighbour:
    way = fleet.link(own.facts, other.facts)
    return Neighbour(other.address, way.km, way.round_trip_ms, other.verdict)


@dataclass(slots=True)
class _Work:
    """The judging of one project's clusters; `found` are findings about them."""

    opened: Opened
    looks_ahead: bool
    found: list[Diagnostic] = field(default_factory=list)
    verdicts: Verdicts = field(default_factory=Verdicts)
    known: dict[Any, tuple[Verdict, tuple[Break, ...]]] = field(default_factory=dict)

    def clusters(self) -> Iterator[Judged]:
        """Judge all clusters whose nodes are known."""
        for region, variants in self.opened.members():
            by_cluster: dict[str, list[Variant]] = {}
            for variant in variants:
                by_cluster.setdefault(variant.id.cluster, []).append(variant)
            for name, members in by_cluster.items():
                found = self._judged(members)
                if found:
                    context = members[0].context
                    if not found[0].fits:
                        self._tell(region, members)
                    yield Judged(region, name, context["region"], context["cluster"], *found)

    def _judged(self, members: Sequence[Variant]) -> tuple[Verdict, tuple[Break, ...]] | None:
        regions = self.opened.regions
        setting = regions.settings.of(members)
        filled = regions.clusters.filled(members) if len(self.opened.variants) > _FEW else None
        checker = regions.checker(members[0].context["cluster"])
        key = self.verdicts.key(checker, filled, setting, is_whole=True) if filled else None
        if key and key.value in self.known:
            return self.known[key.value]
        try:
            items, files = self._rendered(members)
        except UnrenderedError as error:
            self.found += error.diagnostics
            return None
        objects = Objects(items)
        verdict = judge(objects, files, setting)
        if verdict is None:
            return None
        result = verdict, breaks(verdict, objects) if self.looks_ahead and verdict.fits else ()
        replaced = set(key.naming.replaced) if key else set[str]()
        if key and not any(part in replaced for one in verdict.workloads for part in parts_of(one.title)):
            self.known[key.value] = result
        return result

    def _rendered(self, members: Sequence[Variant]) -> tuple[list[Item], list[tuple[str, Any]]]:
        items: list[Item] = []
        files: list[tuple[str, Any]] = []
        for variant in members:
            for instance, made in self.opened.made(variant):
                if made.is_resource:
                    items.append(Item(variant.id.case, made.data))
                elif is_node_data(instance.template):
                    files.append((made.name, made.data))
        return items, files

    def _tell(self, region: str, members: Sequence[Variant]) -> None:
        """Find the lines to mend, as `render` tells them."""
        result = self.opened.regions.render(region, members)
        self.found += [one for one in result.diagnostics if one.name == RULE]
