"""One region at a time: its variants rendered and checked, and the files that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gitopsgen import argocd
from gitopsgen.capacity import Setting
from gitopsgen.check import Checker, Finding, certain
from gitopsgen.diagnostics import Diagnostic
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.project import Project
from gitopsgen.model.rendered import Rendered
from gitopsgen.model.variant import Variant, VariantId
from gitopsgen.pipeline.clusters import Clusters
from gitopsgen.pipeline.findings import Places
from gitopsgen.pipeline.kinds import kind_of
from gitopsgen.pipeline.kustomizations import Kustomizations
from gitopsgen.pipeline.own_rules import own_rules
from gitopsgen.pipeline.patching import NoPatches, Patching
from gitopsgen.pipeline.settings import Settings
from gitopsgen.pipeline.together import Together, Told, path_of
from gitopsgen.pipeline.unknown import kinds_of
from gitopsgen.template.engine import Engine
from gitopsgen.template.errors import Spot, TemplateError, TemplateErrors
from gitopsgen.template.explain import FieldSource, enclosing
from gitopsgen.template.expressions import reference
from gitopsgen.template.instance import ALL, Instance, Made, is_node_data, is_resource

NO_PATCHES: Final = NoPatches()

# How a manifest was made, by its file: a case may use a component, and so a template, more than once.
Sources = dict[str, tuple[Instance, Variant]]


@dataclass(slots=True)
class RegionResult:
    """What one region gave; `kinds` are those of each case's manifests, by cluster."""

    region: str
    files: list[Rendered] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    manifests: int = 0
    kinds: dict[str, dict[str, frozenset[argocd.Kind]]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)  # templates of the cluster at hand that gave nothing


class Regions:
    """Renders and checks regions of one project; what it learns in one region serves the next."""

    def __init__(self, project: Project, engine: Engine, places: Places, policies: Sequence[str] = ()) -> None:
        """Take what is shared by all regions; `policies` are folders with rules beside the project's own."""
        self.project = project
        self._own = own_rules(project, policies)
        self.engine = engine
        self.places = places
        self.checkers: dict[str, Checker] = {}
        self._application: dict[str, Instance] = {}
        self.kustomizations = Kustomizations(engine)
        self._patchings: dict[VariantId, Patching] = {}
        self._cases: dict[str, tuple[Instance, ...]] = {}
        self.settings = Settings()
        self.clusters = Clusters(engine, self._instances, self.settings)
        self.is_shared = False  # set where there are regions enough to learn from each other
        engine.loader.add_packaged(argocd.APPLICATION.path, argocd.DIRECTORY / "app.json.j2")

    def checker(self, cluster: Mapping[str, Any]) -> Checker:
        """Give the checker for a cluster's version set, from the cluster's facts."""
        version_set = cluster["versionSet"]
        known = self.checkers.get(version_set)
        if known is None or known.kubernetes != cluster["kubernetes"]:
            pack = self.project.settings.root / self.project.settings.schemas / version_set
            known = self.checkers[version_set] = Checker(cluster["kubernetes"], pack)
        return known.govern(self._own.rules)

    def render(self, region: str, variants: Sequence[Variant]) -> RegionResult:
        """Render and check the given variants of one region."""
        result = RegionResult(region, diagnostics=[*self._own.findings])
        by_cluster: dict[str, list[Variant]] = {}
        for variant in variants:
            by_cluster.setdefault(variant.id.cluster, []).append(variant)
        for name, members in by_cluster.items():
            cluster = members[0].context["cluster"]
            checker, is_whole = self.checker(cluster), len(members) == len(cluster["cases"])
            filled = self.clusters.filled(members) if self.is_shared else None
            if filled:
                self._take(filled, self.clusters.told(filled, checker, is_whole=is_whole), result)
            else:
                self._one_by_one(members, checker, result, is_whole=is_whole)
            folder = f"{region}/{name}"
            result.files.append(self.kustomizations.of(folder, folder, sorted(cluster["cases"])))
        return result

    def _instances(self, variant: Variant) -> tuple[Instance, ...]:
        case = variant.id.case
        known = self._cases.get(case)
        if known is None:
            blueprint = self.project.blueprints[case]
            known = self._cases[case] = (*self.engine.instances(blueprint), self.application_of(case))
        return known

    def _take(self, filled: Sequence[Together], told: Iterable[Told], result: RegionResult) -> None:
        """Take the files of a cluster's variants, and what was found in them."""
        for one in filled:
            case = one.variant.id.case
            files, resources = one.files(), one.resources()
            result.manifests += len(resources)
            result.files += files
            result.kinds.setdefault(case, {})[one.cluster] = self.clusters.kinds(one)
            result.files += self._others(one.variant, resources)
        for found in told:
            one = filled[found.variant]
            manifest = one.manifest(found.sheet)
            source = self._explained(
                self._instances(one.variant)[one.instance(found.sheet)], one.variant, found.finding
            )
            result.diagnostics.append(self.places.finding(replace(found.finding, manifest=manifest), source))

    def _one_by_one(
        self, members: Sequence[Variant], checker: Checker, result: RegionResult, *, is_whole: bool
    ) -> None:
        """Render the templates of a cluster's variants one by one, and judge what they give."""
        manifests: list[tuple[Manifest, Made]] = []
        sources: Sources = {}
        result.failed.clear()
        for variant in members:
            manifests += self._variant(variant, result, sources)
        self._check((checker, self.settings.of(members)), manifests, result, sources, is_whole=is_whole)

    def warm(self, members: Sequence[tuple[str, Sequence[Variant]]]) -> None:
        """Learn from some regions what all need, before processes part; what is found is found again later."""
        for region, variants in members:
            self.render(region, variants)

    def _variant(self, variant: Variant, result: RegionResult, sources: Sources) -> Iterator[tuple[Manifest, Made]]:
        """Render one variant: its files go into the result, its manifests to whoever checks them."""
        owner, names = str(variant.id), dict[str, Made]()
        patching = self.patching(variant)
        for instance in self._instances(variant):
            try:
                made = patching.of(self.engine.render(instance, variant.context))
            except TemplateErrors as errors:
                result.diagnostics += [
                    self.places.template_error(error, variant.id, variant.context) for error in errors.errors
                ]
                if is_resource(instance.template):
                    result.failed.append(instance.template.path)
                continue
            for one in made:
                if one.name in names:
                    result.diagnostics.append(self._claimed_twice(one, names[one.name], variant))
                    continue
                names[one.name] = one
                path = path_of(variant.id, one.name)
                result.files.append(Rendered(path, one.content, owner, one.template, one.trace, one.inputs))
                if one.is_resource or is_node_data(instance.template):
                    sources[path] = instance, variant
                    yield Manifest(variant.id, path, one.template, one.document, one.data, one.is_resource), one
        result.diagnostics += patching.findings()
        result.files += self._others(variant, sorted(name for name, one in names.items() if one.is_resource))

    def _others(self, variant: Variant, resources: Sequence[str]) -> Iterator[Rendered]:
        """Give the files of a variant that no template makes."""
        owner = str(variant.id)  # and the folder that the resources stand in
        yield self.kustomizations.of(owner, owner, resources)
        yield from copied(variant.id, owner, self.project, self.project.blueprints[variant.id.case].files)

    def patching(self, variant: Variant) -> Patching | NoPatches:
        """Give the patches of a variant, new for every run through its files."""
        if not variant.patches:
            return NO_PATCHES
        checker = self.checker(variant.context["cluster"])
        made = self._patchings[variant.id] = Patching(variant.patches, checker.kind, self.project.texts)
        return made

    def patched(self, variant: VariantId) -> Patching | None:
        """Give the patches of a variant that was rendered, None where it has none."""
        return self._patchings.get(variant)

    def application_of(self, case: str) -> Instance:
        """Give the template of the file that tells Argo CD of a variant."""
        known = self._application.get(case)
        if known is None:
            roots = {name: reference(name) for name in ("case", "region", "cluster", "project")}
            known = self._application[case] = self.engine.instance(argocd.APPLICATION, roots, "")
        return known

    def _claimed_twice(self, one: Made, other: Made, variant: Variant) -> Diagnostic:
        message = f"found a second manifest for the file '{one.name}', the first is from '{other.template}'"
        error = TemplateError("file-claimed-twice", message, Spot(one.template, 1), "give one of them another name")
        return self.places.template_error(error, variant.id, variant.context)

    def _check(
        self,
        judges: tuple[Checker, Setting],
        manifests: Sequence[tuple[Manifest, Made]],
        result: RegionResult,
        sources: Sources,
        *,
        is_whole: bool,
    ) -> None:
        """Check manifests one by one, and all of a cluster together as far as they are known."""
        checker, setting = judges
        found: list[Finding] = []
        kinds: dict[VariantId, set[argocd.Kind]] = {}
        for manifest, made in manifests:
            if manifest.is_resource:
                result.manifests += 1
                kinds.setdefault(manifest.variant, set()).add(kind_of(manifest.data))
            found += _verdict(checker, manifest, made)
        for variant, some in kinds.items():
            result.kinds.setdefault(variant.case, {})[f"{variant.region}/{variant.cluster}"] = frozenset(some)
        together = checker.cluster([manifest for manifest, _ in manifests], setting)
        _release(made for _, made in manifests)
        if result.failed or not is_whole:
            together = certain(together, kinds_of(self.engine.loader, result.failed) if is_whole else None)
        found += together
        found += checker.policies([one for one, _ in manifests], is_whole=is_whole and not result.failed)
        for one in found:
            diagnostic = self.places.finding(one, self._source(one, sources))
            patching = self.patched(one.manifest.variant)
            result.diagnostics.append(patching.placed(diagnostic, one) if patching else diagnostic)

    def _source(self, found: Finding, sources: Sources) -> FieldSource | None:
        return self._explained(*sources[found.manifest.file], found)

    def _explained(self, instance: Instance, variant: Variant, found: Finding) -> FieldSource | None:
        patching = self.patched(variant.id)
        path = patching.rendered_field(found) if patching else tuple(found.field)
        document = found.manifest.document
        if document == ALL:
            document, path = (int(path[0]), path[1:]) if path else (0, ())
        return enclosing(self.engine, instance, variant.context, document, path)


def _verdict(checker: Checker, manifest: Manifest, made: Made) -> Iterable[Finding]:
    """Give what is wrong with one manifest; variants that share its file share the verdict."""
    judge, found = made.verdict or (None, ())
    if judge is not checker:
        found = checker.manifest(manifest)
        made.verdict = checker, found
    return [replace(one, manifest=manifest) for one in found] if found else ()


def _release(made: Iterable[Made]) -> None:
    """Let go of the data of files that came for the first time: most never come again, and data is large."""
    for one in made:
        if one.facts is None and one.build is not None:
            one.facts = True
            del one.data


def copied(variant: VariantId, owner: str, project: Project, files: Mapping[str, str]) -> Iterable[Rendered]:
    """Give the node files that are copied as they are."""
    for path, text in files.items():
        _, is_node_file, inner = path.partition("/bootstrap/")
        if is_node_file:
            output = f"{variant.region}/{variant.cluster}/bootstrap/{inner}"
            yield Rendered(output, text.encode(), owner, path, "", project.digests[path][:16])
