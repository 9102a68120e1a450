"""What one process does with regions: render, check and plan each; then, if all agree, write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from gitopsgen import argocd
from gitopsgen.diagnostics import Diagnostic
from gitopsgen.model.rendered import Rendered
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.regions import Regions
from gitopsgen.tree import Output, RegionPlan, Staged, Written, discard, is_reshaped, plan, settle, stage, write

Member = tuple[str, Sequence[Variant]]


@dataclass(frozen=True, slots=True)
class RegionOutcome:
    """What is known of one region after it was rendered, checked and compared with the tree.

    `kinds` are those of each case's manifests, by cluster; `traces` are (template, trace) of its files,
    `reads` the read-sets of those that this process had not met before.
    """

    region: str
    diagnostics: tuple[Diagnostic, ...] = ()
    manifests: int = 0
    files: int = 0
    kinds: Mapping[str, argocd.Kinds] = field(default_factory=dict)
    traces: tuple[tuple[str, str], ...] = ()
    reads: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: int = 0
    refusals: tuple[Diagnostic, ...] = ()
    ways: Sequence[Any] = ()  # found by this process, for the next run
    is_reshaped: bool = False  # there are other objects than before

    def facts(self) -> dict[str, Any]:
        """Give what is kept for a run that need not look at the region again, as plain data."""
        kinds = {
            case: {cluster.partition("/")[2]: sorted(some) for cluster, some in sorted(by_cluster.items())}
            for case, by_cluster in sorted(self.kinds.items())
        }
        return {"manifests": self.manifests, "files": self.files, "kinds": kinds, "traces": sorted(self.traces)}


@dataclass(slots=True)
class RegionWork:
    """The work of one process; `output` is None where only the text is wanted."""

    regions: Regions
    output: Output | None
    force: bool = False
    is_partial: bool = False
    writes: bool = False
    only: frozenset[str] | None = None  # the regions that may be written, None for all
    plans: list[RegionPlan | Staged] = field(default_factory=list)
    rendered: list[Rendered] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    watches: bool = False  # whether it is asked for `is_reshaped`

    def judge(self, part: Sequence[Member]) -> Iterator[RegionOutcome]:
        """Render, check and plan region by region."""
        for region, variants in part:
            result = self.regions.render(region, variants)
            plan = self._planned(region, variants, result.files)
            yield RegionOutcome(
                region,
                tuple(result.diagnostics),
                result.manifests,
                len(result.files),
                result.kinds,
                tuple({(one.template, _way(one)): None for one in result.files if one.trace}),
                dict(self._new_reads(result.files)),
                *((plan.created, plan.updated, plan.deleted, len(plan.unchanged)) if plan else ((), (), (), 0)),
                refusals=plan.diagnostics if plan else (),
                ways=self.regions.engine.ways.told() if self.regions.engine.ways else (),
                is_reshaped=plan is not None and self.watches and is_reshaped(plan),
            )

    def _planned(self, region: str, variants: Sequence[Variant], files: list[Rendered]) -> RegionPlan | None:
        if self.output is None:
            self.rendered += files
            return None
        if self.only is not None and region not in self.only:
            return None
        owners = {str(variant.id) for variant in variants} | {f"{region}/{variant.id.cluster}" for variant in variants}
        in_scope = {"in_scope": owners.__contains__} if self.is_partial else {}
        planned = plan(self.output, region, files, force=self.force, **in_scope)
        self.plans.append((stage(planned) if self.writes else None) or planned)
        return planned

    def _new_reads(self, files: Sequence[Rendered]) -> Iterator[tuple[tuple[str, str], Any]]:
        for one in files:
            key = (one.template, _way(one))
            if one.trace and key not in self.told:
                self.told.add(key)
                yield key, self.regions.engine.read_set(*key)

    def finish(self) -> tuple[list[Written], list[Diagnostic]]:
        """Write the plans of this process."""
        outcomes = [settle(one) if isinstance(one, Staged) else write(one) for one in self.plans]
        found = [one for outcome in outcomes for one in outcome.diagnostics]
        return [outcome.value for outcome in outcomes], found

    def abandon(self) -> None:
        """Remove what was made aside."""
        for one in self.plans:
            if isinstance(one, Staged):
                discard(one)


def _way(one: Rendered) -> str:
    """Give the way through its template that a file was made on, whichever of its documents it is."""
    return one.trace.partition(".")[0]


def by_region(variants: Iterable[Variant]) -> list[Member]:
    """Give variants, which come sorted, by region."""
    return [(name, list(group)) for name, group in groupby(variants, key=lambda one: one.id.region)]


def kinds_by_case(outcomes: Iterable[RegionOutcome]) -> dict[str, dict[str, frozenset[argocd.Kind]]]:
    """Give the kinds of each case's manifests, by cluster, over several regions."""
    kinds: dict[str, dict[str, frozenset[argocd.Kind]]] = {}
    for outcome in outcomes:
        for case, by_cluster in outcome.kinds.items():
            kinds.setdefault(case, {}).update(by_cluster)
    return kinds
