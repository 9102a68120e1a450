"""Where the lines of `generated/argocd/` come from: templates, facts, and the manifests that they sum up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from gitopsgen import argocd
from gitopsgen.argocd.hub import clusters
from gitopsgen.model.variant import Origin, Path, Variant
from gitopsgen.pipeline.chains import Explanation, Source, chain, explained_field, origins, scalars
from gitopsgen.pipeline.fields import member, shown
from gitopsgen.pipeline.fleet import Fleet, FleetFile
from gitopsgen.pipeline.keys import SETTINGS
from gitopsgen.pipeline.kinds import kind_of
from gitopsgen.pipeline.listings import Entry, naming_fields
from gitopsgen.pipeline.project import Opened, ValueOrigin
from gitopsgen.template.explain import explain as explain_field

_KINDS = ("clusterKinds", "namespacedKinds")


class FleetChains:
    """Explains the files of `generated/argocd/` of one project, whose whole fleet was opened."""

    def __init__(self, opened: Opened) -> None:
        """Render the fleet without judging it; raises `UnrenderedError` where a template does not."""
        self.opened = opened
        self._sources: dict[str, dict[tuple[argocd.Kind, str], list[Source]]] = {}
        for variant in opened.variants:
            for instance, made in opened.made(variant):
                if made.is_resource:
                    known = self._sources.setdefault(variant.id.case, {})
                    place = kind_of(made.data), argocd.cluster_of(variant)
                    known.setdefault(place, []).append((variant, instance, made))
        self._kinds = {case: _by_cluster(known) for case, known in self._sources.items()}
        self.fleet = Fleet(opened.regions, opened.variants, self._kinds)
        self._literals: dict[tuple[str, tuple[str, ...], str, Path], list[Origin]] = {}

    def entries(self) -> Mapping[str, Entry]:
        """Give what the kustomization lists."""
        folder = f"{self.opened.project.settings.generated}/{argocd.REGION}"
        return {
            one.made.name: Entry(f"{folder}/{one.made.name}", partial(self._naming, one)) for one in self.fleet.objects
        }

    def _naming(self, file: FleetFile) -> Iterator[Explanation]:
        for path in naming_fields(file.made):
            yield self._chain(file, path, "")

    def explained(self, name: str, file: str, field: str) -> Iterator[Explanation] | None:
        """Explain the scalars at and below a field of one file, None where there is no such file."""
        for one in self.fleet.objects:
            if one.made.name == name:
                return (self._chain(one, path, file) for path in scalars(one.made.data, field))
        return None

    def _chain(self, file: FleetFile, path: Path, name: str) -> Explanation:
        source = explain_field(self.opened.engine, file.instance, file.context, file.made.document, path)
        assert source is not None  # noqa: S101 - the path comes from what was rendered
        summed = [one for one in source.paths if one[0] == "fleet"]
        plain = replace(
            source,
            paths=tuple(one for one in source.paths if one[0] != "fleet"),
            steering=tuple(one for one in source.steering if one[0] != "fleet"),
        )
        target = (f"{name}#{shown(path)}", path, member(file.made.data, path))
        own = explained_field(self.opened, file.variant, target, plain)
        return replace(own, origins=(*own.origins, *(self._summed(file, one) for one in summed)))

    def _summed(self, file: FleetFile, path: Path) -> ValueOrigin:
        """Name all that a fact of the fleet sums up."""
        found = [origin for each in self._parts(file, path) for origin in each]
        return ValueOrigin(shown(path), tuple({(one.layer, one.location): one for one in found}.values()), ())

    def _parts(self, file: FleetFile, path: Path) -> Iterator[Iterable[Origin]]:
        made: dict[str, Callable[[], Iterator[Iterable[Origin]]]] = {
            "operators": lambda: self._of_operators(file),
            "steps": lambda: self._of_step(file, path[2:]),
            "windows": lambda: self._of_settings(file, path[1:]),
            "ignored": lambda: self._of_settings(file, path[1:]),
            "clusters": lambda: self._of_cluster(path[2:]),
            "health": lambda: iter(()),
            "hubKinds": lambda: iter(()),
        }
        if path[1] in made:
            return made[str(path[1])]()
        if len(path) < 4:  # noqa: PLR2004 - an empty list: there is nothing that it sums up
            return iter(())
        name, index, field = str(path[1]), int(path[2]), path[3]
        return self._of_kind(file, name, index, field) if name in _KINDS else self._of_place(file, index, field)

    def _of_kind(self, file: FleetFile, name: str, index: int, field: Any) -> Iterator[Iterable[Origin]]:
        wanted = file.context["fleet"][name][index]
        for ((group, kind, namespace), _), members in self._sources.get(file.variant.id.case, {}).items():
            if (group, kind, bool(namespace)) == (wanted["group"], wanted["kind"], name == "namespacedKinds"):
                yield from self._written(members, ("kind",) if field == "kind" else ("apiVersion",))

    def _of_place(self, file: FleetFile, index: int, field: Any) -> Iterator[Iterable[Origin]]:
        case, sources = file.context["case"], self._sources.get(file.variant.id.case, {})
        members = [one for one in self.opened.variants if one.id.case == file.variant.id.case]
        clusters = {argocd.cluster_of(one): one for one in members}
        kinds = self._kinds.get(file.variant.id.case, {})
        cluster, namespace = argocd.places(case, clusters, kinds)[index]
        if field != "namespace":
            yield self._destination(clusters[cluster], field)
            return
        if namespace == case["namespace"]:
            yield self._values(clusters[cluster], ("case", "namespace"))
        for ((_, _, other), place), written in sources.items():
            if (place, other) == (cluster, namespace):
                yield from self._written(written, ("metadata", "namespace"))

    def _of_step(self, file: FleetFile, path: Path) -> Iterator[Iterable[Origin]]:
        """Give what made a step: the wave that is declared, and for a target the names that it is made of."""
        case, rollouts = file.variant.id.case, self.opened.project.rollouts
        batch = self.fleet.batches[case][int(path[0])]
        rollout = rollouts.cases[case]
        wave = next((one for one in rollout.waves if one.name == batch.wave), None)
        place = rollout.path if wave is None else (*wave.path, "maxUpdate" if path[1] == "maxUpdate" else "name")
        where = self.opened.regions.places.values.place(rollouts.file, place)
        yield [Origin(f"rollout of {case}", where, batch.max_update if path[1] == "maxUpdate" else batch.wave, place)]
        if path[1] == "targets":
            cluster = batch.clusters[int(path[2])]
            for variant in self.opened.variants:
                if (argocd.cluster_of(variant), variant.id.case) == (cluster, case):
                    yield self._values(variant, ("region", "name"), ("cluster", "name"))

    def _of_settings(self, file: FleetFile, path: Path) -> Iterator[Iterable[Origin]]:
        """Give the entry of the settings that became an item."""
        if len(path) == 1:
            return
        settings = self.opened.project.settings
        members = [one for one in self.opened.variants if one.id.case == file.variant.id.case]
        found = frozenset[argocd.Kind]().union(*self._kinds.get(file.variant.id.case, {}).values())
        chosen: dict[Any, Iterable[tuple[int, Any]]] = {
            "windows": argocd.windows(settings, file.context["case"], members),
            "ignored": argocd.ignored(settings, found),
        }
        index = [index for index, _ in chosen[path[0]]][int(path[1])]
        key = "syncWindows" if path[0] == "windows" else "ignoreDifferences"
        entry = settings.raw["argocd"][key][index]
        field = path[2] if len(path) > 2 and path[2] in entry else None  # noqa: PLR2004 - a window's clusters are not there
        place: Path = ("argocd", key, index, *((field,) if field else ()))
        where = self.opened.regions.places.values.place(SETTINGS, place)
        yield [Origin("settings", where, entry[field] if field else entry, place)]

    def _of_cluster(self, path: Path) -> Iterator[Iterable[Origin]]:
        """Give the facts of a cluster that one of its fields is made of."""
        if len(path) > 1:
            variant = clusters(self.opened.variants)[int(path[0])]
            named = {"region": ("region", "name"), "cluster": ("cluster", "name")}
            if path[1] in {"name", "known", "server"}:
                yield self._destination(variant, "name" if path[1] == "known" else path[1])
            else:
                yield self._values(variant, named.get(str(path[1]), ("region", path[1])))

    def _of_operators(self, file: FleetFile) -> Iterator[Iterable[Origin]]:
        """Give what chose the operators of a case, where they come from, and where they go."""
        for variant in self.opened.variants:
            if variant.id.case == file.variant.id.case:
                for index, name in enumerate(variant.context["values"].get("operators", {}).get("install", ())):
                    chosen = ("values", "operators", "install", index)
                    named = ("values", "operators", "charts", name, "namespace")
                    yield self._values(variant, chosen, named, ("versions", "operators", name, "repository"))
                yield self._destination(variant, "name")

    def _destination(self, variant: Variant, field: Any) -> Iterable[Origin]:
        if isinstance(variant.context["cluster"].get("destination"), Mapping):
            return self._values(variant, ("cluster", "destination", field))
        return self._values(variant, ("region", "name"), ("cluster", "name"))

    def _values(self, variant: Variant, *paths: Path) -> Iterable[Origin]:
        return [origin for one in origins(self.opened, variant, paths) for origin in one.winners]

    def _written(self, sources: Iterable[Source], path: Path) -> Iterator[Iterable[Origin]]:
        """Give what manifests have at a path; what a template says for every city is asked once."""
        for variant, instance, made in sources:
            key = (made.template, instance.template.at, made.trace, path)
            known = self._literals.get(key)
            if known is None:
                found = chain(self.opened, (variant, instance, made), path, "")
                known = list(_inputs(found))
                if not found.origins and not found.patches:
                    self._literals[key] = known
            yield known


def _by_cluster(places: Iterable[tuple[argocd.Kind, str]]) -> dict[str, frozenset[argocd.Kind]]:
    found: dict[str, set[argocd.Kind]] = {}
    for kind, cluster in places:
        found.setdefault(cluster, set()).add(kind)
    return {cluster: frozenset(kinds) for cluster, kinds in found.items()}


def _inputs(found: Explanation) -> Iterator[Origin]:
    for origin in found.origins:
        yield from origin.winners
    for layer, places in (("template", found.literals), ("patch", found.patches)):
        for place in places:
            yield Origin(layer, place, found.value)
