"""Where a value of a variant's context comes from: the layers that won and those that lost, with their lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.compose.judging import Schemas
from gitopsgen.compose.shares import Shares, member_name
from gitopsgen.compose.stacks import fact_layers, file_path, set_layers, value_layers, with_set
from gitopsgen.diagnostics import Location, UsageError
from gitopsgen.model.project import Layer
from gitopsgen.model.variant import Origin, Provenance
from gitopsgen.source import PlaceIndex, locate
from gitopsgen.values import Tagged, trace
from gitopsgen.values.merge import mounted
from gitopsgen.values.trace import may_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitopsgen.model.project import Blueprint, Cluster, Project, Region, Share
    from gitopsgen.model.selection import Selection
    from gitopsgen.model.variant import Path, VariantId
    from gitopsgen.values import Contribution, Plan
    from gitopsgen.values.trace import Trace

_LARGEST_INDEX: Final = 256 * 1024  # characters; the places of all fields of a larger text would fill memory
_COORDINATES: Final = (("lat",), ("lon",))


def provenance(project: Project, selection: Selection, variant: VariantId, path: Path) -> Provenance:
    """Tell how the value at a path of a variant's context came about.

    Without winners where the path has no value. Raises UsageError where the variant does not exist.
    """
    return Origins(project, selection).of(variant, path)


class Origins:
    """The origins of values of a project, for those who ask for many: what can be kept is looked up once."""

    def __init__(self, project: Project, selection: Selection, schemas: Schemas | None = None) -> None:
        """Look things up in one project."""
        self._schemas = schemas or Schemas()
        self.project = project
        self.selection = selection
        self.sets = set_layers(project, selection)
        self.shares = Shares(project, self.sets)
        self._places: dict[str, PlaceIndex] = {}
        self._mounted: dict[int, tuple[Layer, Any]] = {}
        self._traced: dict[tuple[int, Path, tuple[int, ...]], tuple[Sequence[Layer], Trace]] = {}

    def of(self, variant: VariantId, path: Path) -> Provenance:
        """Give what `provenance` gives."""
        region = self.project.regions.get(variant.region)
        cluster = next((c for c in region.clusters if c.name == variant.cluster), None) if region else None
        blueprint = self.project.blueprints.get(variant.case)
        if region is None or cluster is None or blueprint is None:
            raise UsageError(f'there is no variant "{variant}"')
        return _Tracer(self, region, cluster, blueprint).trace(path)

    def plan(self, blueprint: Blueprint) -> Plan | None:
        """Give how the values of a case merge."""
        return self._schemas.plan(blueprint)

    def traced(self, layers: Iterable[Layer], plan: Plan | None, path: Path) -> Trace:
        """Give what `trace` gives: the same for all variants in which the same layers have to do with the path."""
        concerned = [layer for layer in layers if may_set(self._data(layer), path)]
        key = (id(plan), path, tuple(map(id, concerned)))
        if key not in self._traced:
            self._traced[key] = concerned, trace(concerned, plan, path)  # the layers too: nothing else gets their ids
        return self._traced[key][1]

    def _data(self, layer: Layer) -> Any:
        if id(layer) not in self._mounted:
            self._mounted[id(layer)] = layer, mounted(layer)
        return self._mounted[id(layer)][1]

    def place(self, file: str, path: Path, *, key: bool = False) -> Location:
        """Give where a field of an input file stands; what is not a file has no line."""
        text = self.project.texts.get(file)
        if text is None:
            return Location(file)
        if len(text) > _LARGEST_INDEX:
            return locate(text, path, key=key, file=file)
        if file not in self._places:
            self._places[file] = PlaceIndex(file, text)
        return self._places[file].locate(path, key=key)


class _Tracer:
    """The origins of one variant's context."""

    def __init__(self, origins: Origins, region: Region, cluster: Cluster, blueprint: Blueprint) -> None:
        self.origins = origins
        self.project = origins.project
        self.selection = origins.selection
        self.region = region
        self.cluster = cluster
        self.blueprint = blueprint
        self.overlays = origins.project.settings.overlays

    def trace(self, path: Path) -> Provenance:
        """Follow a path from the root of the context."""
        root, rest = path[0], path[1:]
        if root == "values":
            return self._values(rest)
        if root == "region":
            return self._region(rest)
        if root == "cluster":
            return self._cluster(rest)
        return self._single_file(str(root), rest)

    def _values(self, path: Path) -> Provenance:
        layers = value_layers(self.project, self.region, self.cluster, self.blueprint)
        layers = with_set(layers, self.origins.sets, self.blueprint.name)
        for share in self.blueprint.shares:
            if path == share.value:
                return self._share(share, layers)
        return self._layered(layers, self.origins.plan(self.blueprint), path)

    def _share(self, share: Share, layers: tuple[Layer, ...]) -> Provenance:
        """Tell the origins of a share: how it came out, the total, its own weight and those of all others."""
        shares, plan, blueprint = self.origins.shares, self.origins.plan(self.blueprint), self.blueprint
        name = member_name(self.region.name, self.cluster.name)
        division = shares.of(blueprint, share)
        computed = division.layer(blueprint, share, name)
        if computed is None:
            return Provenance(())
        place = self.origins.place(computed.file, computed.prefix)
        origins = [Origin(computed.name, place, division.shares[name], computed.prefix)]
        origins += [self._origin(winner, role="total") for winner in trace(layers, plan, share.total).winners]
        origins += [self._origin(winner, role="weight here") for winner in trace(layers, plan, share.weight).winners]
        origins += [
            self._origin(winner, role=f"weight in {count} other{'s' if count > 1 else ''}")
            for winner, count in shares.others(blueprint, share, name)
        ]
        return Provenance(tuple(origins))

    def _facts(self, path: Path) -> Provenance:
        return self._layered(fact_layers(self.project, self.region), None, path)

    def _layered(self, layers: tuple[Layer, ...], plan: Plan | None, path: Path) -> Provenance:
        return self._told(self.origins.traced(layers, plan, path))

    def _told(self, traced: Trace) -> Provenance:
        return Provenance(
            tuple(self._origin(winner) for winner in traced.winners),
            tuple(self._origin(loser) for loser in traced.losers),
        )

    def _region(self, path: Path) -> Provenance:
        if path == ("name",):
            own = self.project.overlays[self.region.layers[-1]]
            return Provenance((Origin(own.name, Location(own.file, 1, 1), self.region.name),))
        if len(path) == 3 and path[0] == "failover":  # noqa: PLR2004 - failover, index, field
            return self._peer(path)
        if len(path) > 2 and path[0] == "clusters":  # noqa: PLR2004 - clusters, name, fact
            layers = next((each.layers for each in self.region.clusters if each.name == path[1]), ())
            return self._layered(layers, None, path[2:])
        return self._facts(path)

    def _peer(self, path: Path) -> Provenance:
        """Tell the origins of what is computed from two cities: the name of the other, and facts of both."""
        _, index, name = path
        chosen = self._facts(path[:2])
        peers = self.region.facts.get("failover")
        if not isinstance(peers, list) or not isinstance(index, int) or not 0 <= index < len(peers):
            return Provenance(())
        if name not in peers[index]:
            return Provenance(())
        if name in ("name", "near"):
            return chosen
        is_way = name in ("km", "rttMs")
        inputs = _COORDINATES if is_way else ((str(name),),)
        own = inputs if is_way else ()
        other = self.project.overlays[f"{self.overlays}/regions/{peers[index]['name']}/region.yaml"].facts
        origins = [origin for part in own for origin in self._facts(part).winners]
        origins += [origin for part in inputs for origin in self._layered((other,), None, part).winners]
        return Provenance((*chosen.winners, *origins), chosen.losers)

    def _cluster(self, path: Path) -> Provenance:
        own = self._layered(self.cluster.layers, None, path)
        if path == ("name",) or (path == ("class",) and not own.winners):
            layers = fact_layers(self.project, self.region)
            winners = trace(layers, None, ("clusters", self.cluster.name)).winners
            named = (self._origin(winner, key=True) for winner in winners[-1:])
            return Provenance(tuple(replace(one, value=self.cluster.name) for one in named))
        if path == ("region",):
            return self._region(("name",))
        if path == ("versionSet",):
            return self._version_set()
        if path == ("kubernetes",):
            return Provenance((*self._single_file("versions", path).winners, *self._version_set().winners))
        return own

    def _version_set(self) -> Provenance:
        facts = self._layered(self.cluster.layers, None, ("versionSet",))
        forced = self.selection.version_set
        if not forced:
            return facts
        return Provenance(
            (Origin("--version-set", Location("--version-set"), forced),), (*facts.winners, *facts.losers)
        )

    def _single_file(self, root: str, path: Path) -> Provenance:
        """Tell the origin of what stands in one file, without layers."""
        project = self.project
        if root == "files":
            file = str(path[0]) if path else self.blueprint.directory
            return Provenance((Origin("file", Location(file, 1, 1), self.blueprint.files.get(file), path),))
        versions = self.selection.version_set or self.cluster.version_set
        layers = {
            "case": Layer(
                f"blueprint {self.blueprint.name}", f"{self.blueprint.directory}/blueprint.yaml", self.blueprint.facts
            ),
            "versions": Layer(f"version set {versions}", f"{self.overlays}/version-sets/{versions}.yaml", {}),
            "images": Layer("image lock", f"{self.overlays}/images.lock.yaml", project.images, ("images",)),
            "project": Layer("settings", "gitopsgen.yaml", project.settings.raw),
        }
        if root not in layers:
            return Provenance(())
        layer = layers[root]
        if root == "versions" and versions in project.version_sets:
            layer = Layer(layer.name, layer.file, project.version_sets[versions].data)
        return self._told(trace((layer,), None, path))

    def _origin(self, contribution: Contribution, *, key: bool = False, role: str = "") -> Origin:
        layer = contribution.layer
        path = file_path(layer, contribution.path)
        place = self.origins.place(layer.file, path, key=key)
        name = f"{layer.name}, {role}" if role else layer.name
        return Origin(name, place, _plain(contribution.value), path)


def _plain(value: Any) -> Any:
    if type(value) is Tagged:
        return _plain(value.value)
    if type(value) is dict:
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if type(value) is list else value
