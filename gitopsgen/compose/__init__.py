"""A project and a selection to variants: each with its merged, judged values and the facts its templates see.

Pure functions over the loaded project; must not read files nor know templates.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gitopsgen.compose.findings import CASE_LEFT_OUT, KUBERNETES_TOO_OLD
from gitopsgen.compose.judging import CaseValues, Schemas, case_values
from gitopsgen.compose.provenance import Origins, provenance
from gitopsgen.compose.releases import released_weights
from gitopsgen.compose.rollouts import declared_problems, rollouts
from gitopsgen.compose.selection import Target, parse_selector, parse_set, select
from gitopsgen.compose.shares import Shares, member_name
from gitopsgen.compose.stacks import case_files, case_overlays, set_layers, value_layers, with_set
from gitopsgen.compose.versions import version_problems
from gitopsgen.diagnostics import Outcome
from gitopsgen.model.selection import Selection
from gitopsgen.model.variant import Variant, VariantId
from gitopsgen.source import by_place
from gitopsgen.values import Problem, locate_problems, trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.compose.judging import Found
    from gitopsgen.model.project import Cluster, Project
    from gitopsgen.model.variant import Path
    from gitopsgen.source import FindingKind

__all__ = [
    "Origins",
    "Schemas",
    "Selection",
    "compose",
    "parse_selector",
    "parse_set",
    "provenance",
    "rollouts",
    "select",
]


def compose(project: Project, selection: Selection, schemas: Schemas | None = None) -> Outcome[tuple[Variant, ...]]:
    """Give the variants that are asked for, sorted, and everything wrong in their values.

    A variant that cannot be rendered, since a value or a fact is missing or a file of it could not be
    read, is judged but left out. Raises UsageError where the selection makes no sense.
    """
    composing = _Composing(project, selection, schemas or Schemas())
    variants = [variant for target in select(project, selection) if (variant := composing.variant(target))]
    return Outcome(tuple(variants), composing.diagnostics())


class _Composing:
    """What is shared between the variants of one run."""

    def __init__(self, project: Project, selection: Selection, schemas: Schemas) -> None:
        self.project = project
        self.schemas = schemas
        self.selection = selection
        self.sets = set_layers(project, selection)
        self.shares = Shares(project, self.sets)
        self.cases: dict[str, CaseValues] = {}
        self.clusters: dict[tuple[str, str], Cluster] = {}
        self.version_sets: set[str] = set()
        self.found: dict[Found, None] = {}

    def variant(self, target: Target) -> Variant | None:
        """Merge and judge one variant; None where it cannot be rendered."""
        project, region, blueprint = self.project, target.region, target.blueprint
        cluster = self._cluster(target)
        if not self._is_new_enough(target, cluster):
            return None
        layers = with_set(value_layers(project, region, cluster, blueprint), self.sets, blueprint.name)
        layers = self.shares.over(layers, blueprint, member_name(region.name, cluster.name))
        case = self.cases.get(blueprint.name)
        if case is None:
            case = self.cases[blueprint.name] = case_values(project, blueprint, self.schemas)
        values, is_incomplete = case.of(target, layers)
        if is_incomplete or not self._is_known(target, cluster):
            return None
        self.version_sets.add(cluster.version_set)
        overlays = case_overlays(project, region, cluster.name, blueprint.name)
        patches = tuple(patch for overlay in overlays for patch in overlay.patches)
        context = self._context(target, cluster, values)
        return Variant(VariantId(region.name, cluster.name, blueprint.name), context, patches)

    def _is_known(self, target: Target, cluster: Cluster) -> bool:
        """Tell whether all was read that a variant is made of; else its templates would be blamed for it."""
        blueprint = target.blueprint
        files = (
            *case_files(target.region, cluster.name, blueprint.name),
            f"{blueprint.directory}/blueprint.yaml",
            f"{self.project.settings.overlays}/version-sets/{cluster.version_set}.yaml",
            f"{self.project.settings.overlays}/releases.lock.yaml",
            *(layer.file for layer in blueprint.defaults),
        )
        is_versioned = cluster.version_set in self.project.version_sets
        return target.region.is_complete and is_versioned and self.project.unread.isdisjoint(files)

    def _context(self, target: Target, cluster: Cluster, values: Any) -> Mapping[str, Any]:
        versions = self.project.version_sets.get(cluster.version_set)
        return {
            "values": values,
            "case": target.blueprint.facts,
            "region": target.region.facts,
            "cluster": cluster.facts,
            "versions": versions.data if versions else {},
            "images": self.project.images,
            "project": self.project.settings.raw,
            "files": target.blueprint.files,
        }

    def _cluster(self, target: Target) -> Cluster:
        """Give the cluster as it is, or as it would be with the version set asked for."""
        name = self.selection.version_set
        if not name:
            return target.cluster
        key = (target.region.name, target.cluster.name)
        if key not in self.clusters:
            kubernetes = self.project.version_sets[name].kubernetes
            facts = {**target.cluster.facts, "versionSet": name, "kubernetes": kubernetes}
            self.clusters[key] = replace(target.cluster, version_set=name, kubernetes=kubernetes, facts=facts)
        return self.clusters[key]

    def _is_new_enough(self, target: Target, cluster: Cluster) -> bool:
        """Report a case on a cluster that is too old for it, unless the command line made it so."""
        minimum = target.blueprint.minimum_kubernetes
        if not minimum or not cluster.kubernetes or _numbers(cluster.kubernetes) >= _numbers(minimum):
            return True
        case = target.blueprint.name
        if self.selection.version_set:
            message = f'case "{case}" needs Kubernetes {minimum}: left out with version set "{cluster.version_set}"'
            problem = Problem(CASE_LEFT_OUT, ("minimumKubernetes",), message)
            self.found[f"{target.blueprint.directory}/blueprint.yaml", problem, ()] = None
            return False
        message = f'case "{case}" needs Kubernetes {minimum}, cluster "{cluster.name}" runs {cluster.kubernetes}'
        self._note_facts(target, KUBERNETES_TOO_OLD, message, (("cases", cluster.cases.index(case)), ("versionSet",)))
        return True

    def _note_facts(self, target: Target, kind: FindingKind, message: str, facts: tuple[Path, ...]) -> None:
        """Report what facts of a cluster make together, at that of the highest layer: it was set knowing the others."""
        layers = target.cluster.layers
        winners = [winner for path in facts for winner in trace(layers, None, path).winners]
        if winners:
            latest = max(winners, key=lambda winner: layers.index(winner.layer))
            problem = Problem(kind, (*latest.layer.prefix, *latest.path), message)
            self.found[latest.layer.file, problem, ()] = None

    def diagnostics(self) -> tuple[Any, ...]:
        """Give all findings at their lines, sorted, each once."""
        found = [*self.found, *((file, problem, ()) for file, problem in self.shares.found)]
        found += [(file, problem, ()) for file, problem in released_weights(self.project)]
        if self.selection.is_whole and not self.project.unread:
            found += [(self.project.rollouts.file, problem, ()) for problem in declared_problems(self.project)]
        for name in sorted(self.version_sets):
            file = f"{self.project.settings.overlays}/version-sets/{name}.yaml"
            found += [(file, problem, ()) for problem in version_problems(self.project.version_sets[name])]
        for case in self.cases.values():
            found.extend(case.problems(is_whole=self.selection.is_whole))
        located = locate_problems(found, self.project.texts)
        news = [finding for finding in located if finding.location not in self.project.unclear]
        return tuple(sorted(dict.fromkeys(news), key=by_place))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
