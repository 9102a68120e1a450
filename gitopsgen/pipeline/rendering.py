"""The product in one function: load, compose, render, check, write.

Nothing is written unless everything that was asked for is right; what did not change is not done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitopsgen import argocd
from gitopsgen.compose import compose
from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.load import load, settings_of
from gitopsgen.model.project import Project
from gitopsgen.model.rendered import Rendered
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline import crew
from gitopsgen.pipeline.acceptance import Acceptance
from gitopsgen.pipeline.division import division
from gitopsgen.pipeline.engines import engine_of
from gitopsgen.pipeline.findings import Places, collapsed
from gitopsgen.pipeline.fleet import Fleet
from gitopsgen.pipeline.keys import digests_key, region_key, tool_key
from gitopsgen.pipeline.memory import Memory, Remembered
from gitopsgen.pipeline.options import RenderOptions, RenderReport
from gitopsgen.pipeline.quick import fleet_key, remember_fleet
from gitopsgen.pipeline.regions import Regions
from gitopsgen.pipeline.work import Member, RegionOutcome, RegionWork, by_region, kinds_by_case
from gitopsgen.template.engine import Engine
from gitopsgen.tree import (
    Output,
    RegionPlan,
    TreeState,
    lock,
    output_of,
    plan,
    plan_pruning,
    plan_traces,
    read_traces,
    replace_input,
    sweep,
    write_all,
    write_traces,
)

Progress = Callable[[int, int], None]


def render_fleet(root: Path, options: RenderOptions, progress: Progress | None = None) -> RenderReport:
    """Do what `gitopsgen.pipeline.render` promises, where something may have changed."""
    began = fleet_key(settings_of(root), options) if options.selection.is_whole and options.writes else None
    loaded = load(root, regions=options.selection.regions, instead=options.edits, memory=options.memory)
    composed = compose(loaded.value, options.selection)
    engine = engine_of(loaded.value)
    run = _Run(loaded.value, options, composed.value, engine, (*loaded.diagnostics, *composed.diagnostics))
    run.began = began or ""
    if options.stdout:
        return run.text()
    output = output_of(root, loaded.value.settings.generated, options.output)
    with _locked(run, output, options) as is_free:
        return run.into(output, progress) if is_free else run.report()


class _locked(AbstractContextManager[bool]):  # noqa: N801 - reads as a statement
    """The lock of the output while it may be written; false where another run holds it."""

    def __init__(self, run: _Run, output: Output, options: RenderOptions) -> None:
        taken = lock(output) if options.writes else None
        run.found += taken.diagnostics if taken else ()
        self._is_free = taken is None or taken.value is not None
        self._lock: Any = (taken.value if taken else None) or nullcontext()

    def __enter__(self) -> bool:
        self._lock.__enter__()
        return self._is_free

    def __exit__(self, *error: object) -> None:
        self._lock.__exit__(*error)


@dataclass(slots=True)
class _Run:
    """One run over one project; `found` gathers what has no region."""

    project: Project
    options: RenderOptions
    variants: tuple[Variant, ...]
    engine: Engine
    found: tuple[Diagnostic, ...]
    outcomes: list[RegionOutcome] = field(default_factory=list)
    skipped: dict[str, Remembered] = field(default_factory=dict)
    others: list[RegionPlan] = field(default_factory=list)
    is_reshaped: bool = False
    began: str = ""  # the key of the fleet before anything was read
    acceptance: Acceptance = field(init=False)

    def __post_init__(self) -> None:
        """Read no comment yet."""
        self.acceptance = Acceptance(self.project.settings.root, self.options.edits)

    def members(self) -> list[Member]:
        """Give the variants by region."""
        return by_region(self.variants)

    def text(self) -> RenderReport:
        """Render and check, and give one stream of documents."""
        work = RegionWork(self._regions(), None)
        self.outcomes = list(work.judge(self.members()))
        self.engine.save()
        return self.report(_stream(work.rendered))

    def _regions(self) -> Regions:
        places = Places(self.project, self.options.selection, self.engine.expressions)
        return Regions(self.project, self.engine, places, self.options.policies)

    def into(self, output: Output, progress: Progress | None) -> RenderReport:
        """Render, check and plan what is stale, then write it if nothing is wrong anywhere."""
        memory, state = Memory.load(output), TreeState.load(output)
        keys = self._keys()
        stale = [member for member in self.members() if not self._is_kept(member[0], keys, memory, state)]
        if self.options.writes:
            self.found += sweep(output)
        work = RegionWork(self._regions(), output, self.options.force, self._is_partial, self.options.writes)
        work.only, work.watches = self.options.only, bool(self.options.edits)
        self.outcomes, written = crew.run(
            work,
            division(stale, self.options.jobs, work),
            lambda outcomes: self._agrees(outcomes, output, work.regions, memory),
            (lambda done: progress(done, len(stale))) if progress else (lambda _done: None),
        )
        self._save()
        for records, found in written:
            self.found += tuple(found)
            for record in records:
                state.record(record, keys.get(record.region, ""))
        if written:
            self._write_others(output, state)
        if written and not any(_is_error(one) and self._stands(one) for one in self.found):
            self._remember(memory, state, keys)
        return self.report()

    @property
    def _is_partial(self) -> bool:
        chosen = self.options.selection
        return bool(chosen.clusters or chosen.cases or chosen.selector)

    @property
    def _is_everything(self) -> bool:
        return self.options.selection.is_whole and self.options.only is None

    def _keys(self) -> Mapping[str, str]:
        """Give the key of each region that is rendered whole; a part of a region has none."""
        if self._is_partial or self.options.force or self.options.policies:
            return {}
        settings = self.project.settings
        shared = digests_key(self.project.digests, (settings.blueprints, *settings.judging))
        common = f"{tool_key()} {shared}"
        return {region: region_key(common, variants) for region, variants in self.members()}

    def _is_kept(self, region: str, keys: Mapping[str, str], memory: Memory, state: TreeState) -> bool:
        record = memory.records.get(region)
        if record is None or record.key != keys.get(region) or not state.is_clean(region, record.key):
            return False
        self.skipped[region] = record
        return True

    def _agrees(self, outcomes: list[RegionOutcome], output: Output, regions: Regions, memory: Memory) -> bool:
        """Plan what belongs to no region; tell whether all may be written."""
        self.outcomes = sorted(outcomes, key=lambda one: one.region)  # whoever did what: the report is the same
        if self.options.selection.is_whole:
            fleet = Fleet(regions, self.variants, self._kinds())
            judged = memory.records[argocd.REGION] = fleet.judged(memory.records.get(argocd.REGION))
            self.found += (*fleet.diagnostics, *judged.findings)
            self.others = [plan(output, argocd.REGION, fleet.files(), force=self.options.force)]
            if self.options.only is None:
                kept = {*(one.id.region for one in self.variants), argocd.REGION}
                self.others += plan_pruning(output, kept, force=self.options.force)
            self.found += tuple(one for each in self.others for one in each.diagnostics)
        elif any(one.is_reshaped for one in outcomes):
            self.is_reshaped = True
            return False
        fatal = {Severity.ERROR, self.options.fail_on}
        agreed = self.options.writes and not any(one.severity in fatal for one in self._all_found())
        for file, content in self.options.edits.items() if agreed else ():
            replace_input(self.project.settings.root / file, content)
        return agreed

    def _kinds(self) -> Mapping[str, argocd.Kinds]:
        """Give the kinds of each case's manifests, over all regions."""
        kinds = kinds_by_case(self.outcomes)
        for region, record in self.skipped.items():
            for case, by_cluster in record.facts["kinds"].items():
                known = kinds.setdefault(case, {})
                for cluster, listed in by_cluster.items():
                    known[f"{region}/{cluster}"] = frozenset(tuple(one) for one in listed)
        return kinds

    def _save(self) -> None:
        """Keep what all processes learned of templates."""
        for outcome in self.outcomes:
            if self.engine.ways:
                self.engine.ways.take(outcome.ways)
        self.engine.save()

    def _write_others(self, output: Output, state: TreeState) -> None:
        done = write_all(self.others)
        self.found += done.diagnostics
        for written in done.value:
            state.record(written, "")
        wanted = {key for outcome in self.outcomes for key in outcome.traces}
        wanted |= {(template, trace) for one in self.skipped.values() for template, trace in one.facts["traces"]}
        traces: dict[str, dict[str, Any]] = {}
        for template, by_trace in read_traces(output).value.items():
            for trace, reads in by_trace.items():
                if (template, trace) in wanted:
                    traces.setdefault(template, {})[trace] = reads
        for outcome in self.outcomes:
            for (template, trace), reads in outcome.reads.items():
                traces.setdefault(template, {})[trace] = reads
        planned = plan_traces(output, traces, is_complete=self._is_everything)
        kept = write_traces(planned)
        state.record(kept.value, "")
        self.found += (*planned.diagnostics, *kept.diagnostics)

    def _remember(self, memory: Memory, state: TreeState, keys: Mapping[str, str]) -> None:
        for one in (one for one in self.outcomes if self.options.may_write(one.region)):
            memory.records.pop(one.region, None)
            if one.region in keys:
                memory.records[one.region] = Remembered(keys[one.region], one.facts(), one.diagnostics)
        if self._is_everything:
            kept = {argocd.REGION, *(region for region, _ in self.members())}
            memory.records = {region: one for region, one in memory.records.items() if region in kept}
            remember_fleet(self.project, self.options, self.report(), memory, self.began)
        else:
            memory.records.pop("", None)
        state.save()
        memory.save()

    def _all_found(self) -> Iterator[Diagnostic]:
        yield from (one for _, one in self._found_in())

    def _stands(self, one: Diagnostic) -> bool:
        return not self.acceptance.accepts(one)

    def _found_in(self) -> Iterator[tuple[str, Diagnostic]]:
        """Give all that stands, each with the region it was found in; empty for what has none."""
        tells = self.options.tells_accepted
        yield from ((region, one) for region, one in self._raw() if tells or self._stands(one))
        yield from (("", one) for one in (() if tells else self.acceptance.complaints))

    def _raw(self) -> Iterator[tuple[str, Diagnostic]]:
        yield from (("", one) for one in self.found)
        # What follows from a mistake is not another one.
        told = {(one.location.file, one.location.line) for one in self.found if _is_error(one)}
        for outcome in self.outcomes:
            news = (one for one in outcome.diagnostics if (one.location.file, one.location.line) not in told)
            yield from ((outcome.region, one) for one in (*news, *outcome.refusals))
        for region, record in self.skipped.items():
            yield from ((region, one) for one in record.findings)

    def _regions_of(self, diagnostics: Sequence[Diagnostic]) -> tuple[tuple[str, ...], ...]:
        found: dict[tuple[str, str, Location], set[str]] = {}
        for region, one in self._found_in():
            found.setdefault((one.code, one.message, one.location), set()).add(region)
        return tuple(tuple(sorted(found[one.code, one.message, one.location] - {""})) for one in diagnostics)

    def report(self, stream: Iterator[str] | tuple[str, ...] = ()) -> RenderReport:
        """Tell what was found and done."""
        skipped = [one.facts for one in self.skipped.values()]
        changes: list[RegionOutcome | RegionPlan] = [*self.outcomes, *self.others]
        unchanged = sum(one.unchanged for one in self.outcomes) + sum(len(one.unchanged) for one in self.others)
        diagnostics = collapsed(self._all_found())
        return RenderReport(
            diagnostics,
            created=tuple(path for one in changes for path in one.created),
            updated=tuple(path for one in changes for path in one.updated),
            deleted=tuple(path for one in changes for path in one.deleted),
            unchanged=unchanged + sum(facts["files"] for facts in skipped),
            variants=tuple(variant.id for variant in self.variants),
            manifests=sum(one.manifests for one in self.outcomes) + sum(facts["manifests"] for facts in skipped),
            stream=stream,
            is_reshaped=self.is_reshaped,
            regions=self._regions_of(diagnostics),
            accepted=len(collapsed(one for _, one in self._raw() if not self._stands(one))),
        )


def _is_error(one: Diagnostic) -> bool:
    return one.severity is Severity.ERROR


def _stream(rendered: Sequence[Rendered]) -> Iterator[str]:
    for one in rendered:
        is_manifest = one.path.endswith(".yaml") and not one.path.endswith("kustomization.yaml")
        if is_manifest and "/bootstrap/" not in one.path:
            yield "---\n" + one.content.decode().removesuffix("\n")
