"""`evidence`: which lines of the output tree support which control of a standard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gitopsgen import argocd
from gitopsgen.compose import Selection, select
from gitopsgen.diagnostics import Diagnostic, Outcome
from gitopsgen.evidence import FLEET, Evidence, Holder, Text, fold, gather, read_catalogue
from gitopsgen.load import load
from gitopsgen.model.project import Project
from gitopsgen.tree import Content, Output, output_of, read_contents


def evidence(root: Path, framework: str, selection: Selection, output: Path | None = None) -> Outcome[Evidence]:
    """Give what supports the controls of a standard, in the files that were rendered for a selection.

    Says nothing of files that are not as they were rendered: each is a finding.
    Whether the tree still is what its inputs say, `verify` tells.
    Raises UsageError where the selection names what the project has not.
    """
    loaded = load(root, regions=selection.regions)
    found = evidence_for(loaded.value, (framework,), selection, output)
    return Outcome(found.value[framework], (*loaded.diagnostics, *found.diagnostics))


def evidence_for(
    project: Project, frameworks: Iterable[str], selection: Selection, output: Path | None = None
) -> Outcome[dict[str, Evidence]]:
    """Give the same for several standards of a loaded project: the files are read once."""
    catalogue = read_catalogue()
    classes = {(one.region, one.name): one.class_name for each in project.regions.values() for one in each.clusters}
    asked = [
        Holder(one.region.name, one.cluster.name, one.blueprint.name, classes[one.region.name, one.cluster.name])
        for one in select(project, selection)
    ]
    settings = project.settings
    reading = _Reading(project, output_of(settings.root, settings.generated, output), asked)
    gathered = gather(catalogue.supports, reading.files())
    found = {name: fold(catalogue.frameworks[name], catalogue.supports, gathered, asked) for name in frameworks}
    return Outcome(found, tuple(reading.diagnostics))


class _Reading:
    """Reads the files of everything on the clusters that are asked for, and what Argo CD is told of their cases."""

    def __init__(self, project: Project, output: Output, asked: Sequence[Holder]) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._output = output
        self._cases = sorted({one.case for one in asked})
        self._by_region: dict[str, dict[str, Holder]] = {}
        chosen = {(one.region, one.cluster) for one in asked}
        clusters = (one for region in project.regions.values() for one in region.clusters)
        for cluster in clusters:
            if (cluster.region, cluster.name) in chosen:
                for case in sorted(cluster.cases):
                    holder = Holder(cluster.region, cluster.name, case, cluster.class_name)
                    self._by_region.setdefault(cluster.region, {})[str(holder)] = holder

    def files(self) -> Iterator[tuple[Holder, Iterable[Text]]]:
        """Give what stands in the tree, by holder; what cannot be read is told in `diagnostics`."""
        for region, holders in self._by_region.items():
            texts: dict[str, list[Text]] = {owner: [] for owner in holders}
            for one in self._contents(region, frozenset(holders)):
                texts[one.entry.owner].append(self._text(region, one, one.path.partition("/")[2]))
            for owner, holder in holders.items():
                yield holder, texts[owner]
        yield from self._fleet()

    def _fleet(self) -> Iterator[tuple[Holder, Iterable[Text]]]:
        contents = self._contents(argocd.REGION, frozenset({argocd.REGION}))
        for case in self._cases:
            kinds, parts = ("appproject", "applicationset"), ("", "-operators")
            names = {f"{kind}-{case}{part}.yaml" for kind in kinds for part in parts}
            mine = [self._text(argocd.REGION, one, one.path) for one in contents if one.path in names]
            yield Holder(*FLEET, case, ""), mine

    def _contents(self, region: str, owners: frozenset[str]) -> Sequence[Content]:
        read = read_contents(self._output, region, lambda entry: entry.owner in owners)
        self.diagnostics += read.diagnostics
        return read.value

    def _text(self, region: str, one: Content, inner: str) -> Text:
        return Text(f"{self._output.label}/{region}/{one.path}", inner, one.entry.template, one.content)
