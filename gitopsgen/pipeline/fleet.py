"""What is rendered once for the whole fleet: the AppProject and ApplicationSet of each case, checked as all else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from gitopsgen import argocd
from gitopsgen.argocd.clashes import Clash, clashes
from gitopsgen.argocd.hub import hub_context, hub_templates
from gitopsgen.check import Checker, Finding
from gitopsgen.compose import rollouts
from gitopsgen.diagnostics import Diagnostic, Location, Related
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.project import Template
from gitopsgen.model.rendered import Rendered
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.keys import digests_key, tool_key
from gitopsgen.pipeline.memory import Remembered
from gitopsgen.pipeline.regions import Regions
from gitopsgen.schemas.kind import node_at
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.explain import enclosing
from gitopsgen.template.expressions import reference
from gitopsgen.template.instance import Instance, Made

_APPLICATION_SET: Final = ("argoproj.io/v1alpha1", "ApplicationSet")
# Since Argo CD 3.2: https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/
_REFRESH: Final = ("spec", "template", "spec", "syncPolicy", "retry", "refresh")


@dataclass(frozen=True, slots=True)
class FleetFile:
    """One object of `generated/argocd/`, with what made it; `variant` is the first of its case, or of all."""

    variant: Variant
    instance: Instance
    context: Mapping[str, Any]
    made: Made

    @property
    def path(self) -> str:
        """Give the path below the output directory."""
        return f"{argocd.REGION}/{self.made.name}"

    @property
    def manifest(self) -> Manifest:
        """Give what checks read."""
        return Manifest(self.variant.id, self.path, self.made.template, self.made.document, self.made.data)


class Fleet:
    """The files of `generated/argocd/`, for all variants of the fleet and the kinds that they have."""

    def __init__(self, regions: Regions, variants: Sequence[Variant], kinds: Mapping[str, argocd.Kinds]) -> None:
        """Render them; what is wrong with a template stands in `diagnostics`."""
        self.regions = regions
        self.variants = variants
        self.diagnostics: list[Diagnostic] = []
        self._instances = [self._instance(template) for template in argocd.FLEET]
        self._operators = [self._instance(template) for template in argocd.OPERATORS]
        rolling = [case for case, one in regions.project.rollouts.cases.items() if one.is_rolling]
        self._refreshes = self._knows(_REFRESH)
        self.batches = rollouts(regions.project, rolling).value if rolling else {}
        self.objects = list(self._objects(kinds))
        self.diagnostics += map(self._clash, clashes(variants))

    def _instance(self, template: Template) -> Instance:
        engine = self.regions.engine
        engine.loader.add_packaged(template.path, argocd.DIRECTORY / template.path.removeprefix(argocd.PREFIX))
        roots = {name: reference(name) for name in ("case", "project", "fleet")}
        return engine.instance(template, roots, argocd.REGION)

    def _objects(self, kinds: Mapping[str, argocd.Kinds]) -> Iterator[FleetFile]:
        project = self.regions.project
        for case in sorted({variant.id.case for variant in self.variants}):
            members = [variant for variant in self.variants if variant.id.case == case]
            facts, batches = project.blueprints[case].facts, self.batches.get(case, ())
            context = argocd.context(project.settings, facts, members, kinds.get(case, {}), batches)
            has_operators = bool(context["fleet"]["operators"]["repositories"])
            for instance in (*self._instances, *(self._operators if has_operators else ())):
                yield from self._made(instance, context, members[0])
        hub = [self._instance(template) for template in hub_templates(project.settings)] if self.variants else []
        context = hub_context(project.settings, self.variants, kinds.values()) if hub else {}
        for instance in hub:
            yield from self._made(instance, context, self.variants[0])

    def _made(self, instance: Instance, context: Mapping[str, Any], variant: Variant) -> Iterator[FleetFile]:
        context = {**context, "fleet": {**context["fleet"], "refreshes": self._refreshes}}
        try:
            made = self.regions.engine.render(instance, context)
        except TemplateErrors as errors:
            places = self.regions.places
            self.diagnostics += [places.template_error(error, None, context) for error in errors.errors]
            return
        yield from (FleetFile(variant, instance, context, one) for one in made)

    def _clash(self, clash: Clash) -> Diagnostic:
        values, places = self.regions.places.values, []
        for variant in (clash.later, clash.first):
            winners = values.of(variant.id, clash.path).winners
            places += [Related(f"set here ({one.layer})", one.location) for one in winners[-1:]]
        where = places[0].location if places else Location("gitopsgen.yaml")
        return clash.kind.at(where, clash.message, clash.hint, tuple(places[1:]))

    def files(self) -> list[Rendered]:
        """Give the files, with the kustomization that lists them."""
        made = [(one.path, one.made) for one in self.objects]
        files = [Rendered(path, one.content, argocd.REGION, one.template, one.trace, one.inputs) for path, one in made]
        names = sorted(one.name for _, one in made)
        return [*files, self.regions.kustomizations.of(argocd.REGION, argocd.REGION, names)]

    def judged(self, known: Remembered | None) -> Remembered:
        """Give what is wrong with the objects: what was `known` of them, where nothing has changed since."""
        project = self.regions.project
        key = sha256(f"{tool_key()} {digests_key(project.digests, (project.settings.schemas,))}".encode())
        for version_set in self._version_sets():
            key.update(version_set.encode())
        for one in self.objects:
            key.update(one.made.content)
        digest = key.hexdigest()
        return known if known and known.key == digest else Remembered(digest, {}, tuple(self.findings()))

    def findings(self) -> list[Diagnostic]:
        """Check the objects by the rules for all manifests.

        Which clusters have Argo CD is not known here: an object has to be right by the schemas of every version set
        that the fleet runs and that has them.
        """
        manifests = [one.manifest for one in self.objects]
        files = {id(manifest): one for manifest, one in zip(manifests, self.objects, strict=True)}
        found: dict[tuple[int, str, str, tuple[Any, ...]], Finding] = {}
        for checker in self._version_sets().values():
            single = (one for manifest in manifests for one in _verdict(checker, manifest))
            for one in (*single, *checker.cluster(manifests)):
                found.setdefault((id(one.manifest), one.code, one.message, one.field), one)
        return [self._diagnostic(files[id(one.manifest)], one) for one in found.values()]

    def _knows(self, field: tuple[str, ...]) -> bool:
        """Tell whether the Argo CD of every version set that the fleet runs has a field of ApplicationSets."""
        known = [one.kind(*_APPLICATION_SET) for one in self._version_sets().values()]
        return bool(known) and all(one is not None and bool(node_at(one.schema, field)) for one in known)

    def _version_sets(self) -> dict[str, Checker]:
        clusters = {one.context["cluster"]["versionSet"]: one.context["cluster"] for one in self.variants}
        return {name: self.regions.checker(clusters[name]) for name in sorted(clusters)}

    def _diagnostic(self, file: FleetFile, found: Finding) -> Diagnostic:
        source = enclosing(self.regions.engine, file.instance, file.context, file.made.document, tuple(found.field))
        return self.regions.places.finding(found, source)


def _verdict(checker: Checker, manifest: Manifest) -> Iterator[Finding]:
    """Judge one object; a project without Argo CD's schemas has its other rules only."""
    yield from (one for one in checker.manifest(manifest) if one.name != "unknown-kind")
