"""Regions and their clusters: the facts of all layers merged, and records made of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from gitopsgen import fleet
from gitopsgen.load.clusters import ClusterStack, cluster_stack
from gitopsgen.load.findings import INHERITED_FACT, UNKNOWN_NAME
from gitopsgen.load.shapes import shape
from gitopsgen.model.project import Cluster, Region
from gitopsgen.source import Tagged
from gitopsgen.values import Fold, Problem, did_you_mean, echoes, trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.load.inputs import Inputs
    from gitopsgen.load.layers import Layers
    from gitopsgen.model.project import Layer
    from gitopsgen.model.variant import Path

_COMMON: Final = ("environment", "tier", "area")


@dataclass(frozen=True, slots=True)
class Stack:
    """The layers of facts of one region, lowest first.

    `missing` says that one of them is not there; `unnamed` are those that no fact names;
    `clusters` are the layers of each cluster's facts.
    """

    region: str
    layers: tuple[Layer, ...]
    missing: bool = False
    unnamed: tuple[str, ...] = ()
    clusters: Mapping[str, ClusterStack] = field(default_factory=dict)

    @property
    def files(self) -> tuple[str, ...]:
        """The files of the layers."""
        return tuple(layer.file for layer in self.layers)

    def layers_of(self, path: Path) -> tuple[tuple[Layer, ...], Path]:
        """Give the layers that make a merged fact, and its path in them."""
        if len(path) > 1 and path[0] == "clusters" and path[1] in self.clusters:
            return self.clusters[str(path[1])].layers, path[2:]
        return self.layers, path


@dataclass(slots=True)
class Facts:
    """The facts of all regions that were read."""

    inputs: Inputs
    layers: Layers
    fold: Fold = field(default_factory=lambda: Fold(None))
    stacks: dict[str, Stack] = field(default_factory=dict)
    merged: dict[str, Any] = field(default_factory=dict)

    def merge(self, region: str) -> None:
        """Find the layers of a region, and merge their facts."""
        if region in self.stacks or self.layers.region_file(region) not in self.layers.overlays:
            return
        stack = self._stack(region)
        merged = self.fold.merge(stack.layers)
        overlays = [self.layers.overlays[file] for file in stack.files]
        clusters = {name: cluster_stack(overlays, name) for name in clusters_of(merged)}
        if clusters:
            merged = {**merged, "clusters": {name: self.fold.merge(each.layers) for name, each in clusters.items()}}
        self.stacks[region], self.merged[region] = replace(stack, clusters=clusters), merged

    def _stack(self, region: str) -> Stack:
        own = self.layers.overlays[self.layers.region_file(region)].facts
        fleet_layer = self._layer("fleet", "")
        named: dict[str, Layer | None] = {}
        for kind in ("tier", "area"):
            named[kind] = self._named(kind, [own])
        lower = [layer for layer in (fleet_layer, named["tier"], named["area"], own) if layer]
        named["environment"] = self._named("environment", list(reversed(lower)))
        layers = [fleet_layer, *(named[kind] for kind in _COMMON), own]
        unnamed = [kind for kind in _COMMON if not any(_name(layer, kind) for layer in lower)]
        if fleet_layer is None and "environment" in unnamed:
            unnamed.remove("environment")  # the fleet's file would name it
        return Stack(region, tuple(layer for layer in layers if layer), None in layers, tuple(unnamed))

    def _layer(self, kind: str, name: str) -> Layer | None:
        overlay = self.layers.overlays.get(self.layers.file(kind, name))
        return overlay.facts if overlay else None

    def _named(self, kind: str, layers: list[Layer]) -> Layer | None:
        """Give the layer that the first of some layers names, which must exist."""
        for layer in layers:
            name = _name(layer, kind)
            if name:
                if name not in self.layers.names[kind]:
                    known = self.layers.names[kind]
                    message = f'{kind} "{name}" has no file "{self.layers.file(kind, name)}"'
                    self._report(layer, Problem(UNKNOWN_NAME, (kind,), message, did_you_mean(name, known)))
                return self._layer(kind, name)
        return None

    def report_merging(self, *, is_whole: bool) -> None:
        """Report what was wrong in merging, and, where all regions were read, what layers repeat in vain."""
        for layer, problem in self.fold.problems():
            self._report(layer, problem)
        for layer, problem in self.fold.inherited(INHERITED_FACT):
            if is_whole or layer.file.endswith("/region.yaml"):
                self._report(layer, problem)

    def report_missing(self, region: str) -> bool:
        """Report the facts that no layer of a region gives; tell whether there are any."""
        stack = self.stacks[region]
        found = [
            problem
            for problem in shape("merged-facts").violations(self.merged[region])
            if problem.kind.name == "missing-fact"
        ]
        if stack.missing:  # all others may well stand in the layer that is not there
            found = [problem for problem in found if problem.message.split('"')[1] in stack.unnamed]
        lost = self._of_unknown_class(region)  # all that they lack may well stand in the class that was meant
        found = [problem for problem in found if problem.path[:1] != ("clusters",) or problem.path[1] not in lost]
        misspelt = [problem for problem in self._unknown(stack) if problem.kind.name == "unknown-fact"]
        for problem in found:
            if not echoes(problem, misspelt):
                self.report(region, problem)
        return bool(found or lost) or stack.missing

    def known_classes(self, region: str) -> set[str]:
        """Give the classes that a cluster of a region may name: those with facts."""
        return {name for overlay in self.layers.common(region) for name in overlay.classes}

    def _of_unknown_class(self, region: str) -> set[str]:
        """Give the clusters of a region that name a class which does not exist."""
        known = self.known_classes(region)
        clusters = clusters_of(self.merged[region]).items()
        return {name for name, facts in clusters if facts.get("class", "") not in ("", *known)}

    def _unknown(self, stack: Stack) -> list[Problem]:
        """Give the problems of a region's layers, with paths as they are in merged facts."""
        return [
            Problem(problem.kind, path, problem.message, problem.hint, problem.key)
            for file, problem, _ in self.inputs.problems
            if file in stack.files and problem.path[:1] == ("facts",)
            for path in _merged_paths(stack, problem.path[1:])
        ]

    def report(self, region: str, problem: Problem) -> None:
        """Report a problem of a merged fact at the line of the layer that set it."""
        stack = self.stacks[region]
        layers, path = stack.layers_of(problem.path)
        winners = trace(layers, None, path).winners if problem.path else ()
        if not winners:
            self._report(stack.layers[-1], problem)
            return
        at = Problem(problem.kind, winners[0].path, problem.message, problem.hint, problem.key)
        self._report(winners[0].layer, at)

    def _report(self, layer: Layer, problem: Problem) -> None:
        path = (*layer.prefix, *problem.path)
        self.inputs.report(layer.file, Problem(problem.kind, path, problem.message, problem.hint, problem.key))

    def record(self, region: str, *, is_complete: bool) -> Region:
        """Give the record of a region and its clusters."""
        facts = self.merged[region]
        return Region(
            name=region,
            tier=_text(facts, "tier"),
            area=_text(facts, "area"),
            environment=_text(facts, "environment"),
            wave=facts["wave"] if type(facts.get("wave")) is int else 0,
            clusters=tuple(self._cluster(region, name) for name in sorted(clusters_of(facts))),
            facts=self._seen(region),
            directory=self.layers.region_directory(region),
            layers=self.stacks[region].files,
            is_complete=is_complete and len(facts.get("failover") or ()) == len(self._peers(region)),
        )

    def _seen(self, region: str) -> Mapping[str, Any]:
        """Give the facts as templates see them: with the name, and with distances."""
        facts = self.merged[region]
        seen = {"name": region, **facts}
        if isinstance(facts.get("failover", []), list):
            seen["failover"] = self._peers(region)
        return seen

    def _peers(self, region: str) -> list[dict[str, Any]]:
        """Give the cities that take over; one that cannot be placed is missing, and the region then incomplete."""
        names = self.merged[region].get("failover")
        known = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        return fleet.peers(known, self.merged, region)

    def _cluster(self, region: str, name: str) -> Cluster:
        facts = clusters_of(self.merged[region])[name]
        stack = self.stacks[region].clusters[name]
        version_set = _text(facts, "versionSet")
        versions = self.layers.version_sets.get(version_set)
        kubernetes = versions.kubernetes if versions else ""
        cases = facts.get("cases")
        own = {"name": name, "region": region, "class": stack.class_name, "kubernetes": kubernetes}
        seen = {**own, **facts}
        run = tuple(case for case in (cases if isinstance(cases, list) else ()) if isinstance(case, str))
        return Cluster(name, region, version_set, kubernetes, run, seen, stack.class_name, stack.layers)


def clusters_of(facts: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the clusters among merged facts, by name."""
    clusters = facts.get("clusters")
    found = clusters.items() if isinstance(clusters, dict) else ()
    return {name: cluster for name, cluster in found if isinstance(cluster, dict)}


def _merged_paths(stack: Stack, path: Path) -> Iterator[Path]:
    """Give where merged facts have what a layer has at a path: facts of a class are those of its clusters."""
    if path[:1] != ("classes",) or len(path) == 1:
        yield path
        return
    for name, cluster in stack.clusters.items():
        if cluster.class_name == path[1]:
            yield ("clusters", name, *path[2:])


def _name(layer: Layer, kind: str) -> str:
    """Give the name of a layer that another layer gives."""
    value = layer.data.get(kind)
    if isinstance(value, Tagged):
        value = value.value
    return value if isinstance(value, str) else ""


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return value if isinstance(value, str) else ""
