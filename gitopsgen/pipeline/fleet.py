"""What is rendered once for the whole fleet: the AppProject and ApplicationSet of each case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitopsgen import argocd
from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Severity
from gitopsgen.emit import emit
from gitopsgen.model.project import Project, Template
from gitopsgen.model.rendered import Rendered
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.findings import CODES
from gitopsgen.pipeline.regions import KUSTOMIZATION, KUSTOMIZE_HEADER, Kind
from gitopsgen.template.decisions import Decisions
from gitopsgen.template.engine import Engine, Instance
from gitopsgen.template.errors import TemplateError, TemplateErrors
from gitopsgen.template.expressions import reference


def fleet_files(
    project: Project, engine: Engine, variants: Sequence[Variant], kinds: Mapping[str, set[Kind]]
) -> Outcome[list[Rendered]]:
    """Give the files of `generated/argocd/`, for all variants of the fleet and the kinds that they have."""
    files: list[Rendered] = []
    found: list[Diagnostic] = []
    instances = [_instance(engine, template) for template in argocd.FLEET]
    for_operators = [_instance(engine, template) for template in argocd.OPERATORS]
    for case in sorted({variant.id.case for variant in variants}):
        members = [variant for variant in variants if variant.id.case == case]
        context = argocd.context(project.settings, project.blueprints[case].facts, members, kinds.get(case, ()))
        for instance in (*instances, *(for_operators if context["fleet"]["operators"]["repositories"] else ())):
            try:
                made = engine.render(instance, context)
            except TemplateErrors as errors:
                found += [_diagnostic(error) for error in errors.errors]
                continue
            files += [
                Rendered(f"{argocd.REGION}/{one.name}", one.content, argocd.REGION, one.template, one.trace, one.inputs)
                for one in made
            ]
    names = sorted(one.path.rpartition("/")[2] for one in files)
    data = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": names}
    content = emit(data, KUSTOMIZE_HEADER).encode()
    return Outcome([*files, Rendered(f"{argocd.REGION}/{KUSTOMIZATION}", content, argocd.REGION, "")], tuple(found))


def _instance(engine: Engine, template: Template) -> Instance:
    engine.loader.add_packaged(template.path, argocd.DIRECTORY / template.path.removeprefix(argocd.PREFIX))
    roots = {name: reference(name) for name in ("case", "project", "fleet")}
    return Instance(template, (), roots, argocd.REGION, Decisions(engine.expressions))


def _diagnostic(error: TemplateError) -> Diagnostic:
    where = Location(error.spot.template, error.spot.line) if error.spot else Location("gitopsgen.yaml")
    return Diagnostic(CODES[error.rule], error.rule, Severity.ERROR, error.message, where, error.hint)
