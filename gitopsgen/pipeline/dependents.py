"""`impact`: which variants and files depend on an input, told from the ledgers and read-sets without rendering."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gitopsgen.compose import Selection, compose, parse_set
from gitopsgen.compose.provenance import Origins
from gitopsgen.compose.stacks import fact_layers, value_layers
from gitopsgen.diagnostics import Diagnostic, Outcome, UsageError
from gitopsgen.load import load
from gitopsgen.model.project import Layer, Patch, Project
from gitopsgen.model.variant import Path as FieldPath
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.fields import has_member, parse_path, resolve
from gitopsgen.pipeline.keys import SETTINGS
from gitopsgen.pipeline.newcomers import Newcomers
from gitopsgen.pipeline.patching import is_for
from gitopsgen.source import with_scalar
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.expressions import Expressions
from gitopsgen.template.origins import leaves
from gitopsgen.template.reads import ReadSet, decoded
from gitopsgen.tree import Entry, Output, output_of, read_ledgers, read_traces
from gitopsgen.values.merge import mounted
from gitopsgen.values.trace import may_set

# Facts that are made of more than the layers of a region or cluster.
_COMPUTED: Final = {
    "region": frozenset({"name", "failover", "clusters"}),
    "cluster": frozenset({"name", "class", "region", "versionSet", "kubernetes"}),
}


@dataclass(frozen=True, slots=True)
class Impact:
    """What depends on an input: addresses of variants, and files relative to the output directory."""

    variants: tuple[str, ...]
    files: tuple[str, ...]


def impact(root: Path, files: Iterable[str], values: Iterable[str]) -> Outcome[Impact]:
    """Tell what depends on input files, fields of them (`FILE#path`), or values (`case.path`).

    With `=new` behind a field or value: what would really change if it had that value.
    Raises UsageError for an input that the project does not have.
    """
    loaded = load(root)
    asked = Question(loaded.value, output_of(root, loaded.value.settings.generated))
    found: dict[str, str] = {}
    for file in files:
        found |= asked.of_file(_inside(root, file))
    for value in values:
        found |= asked.of_value(value)
    affected = Impact(tuple(sorted(set(found.values()))), tuple(sorted(found)))
    return Outcome(affected, (*loaded.diagnostics, *asked.diagnostics))


def _inside(root: Path, file: str) -> str:
    name, mark, rest = file.partition("#")
    path = Path(name)
    inner = path.relative_to(root).as_posix() if path.is_absolute() and path.is_relative_to(root) else path.as_posix()
    return f"{inner}{mark}{rest}"


class Question:
    """Answers from one state of the ledgers."""

    def __init__(self, project: Project, output: Output) -> None:
        """Read the ledgers and read-sets of an output."""
        self.project = project
        self.expressions = Expressions()
        composed = compose(project, Selection())
        self.variants = {str(variant.id): variant for variant in composed.value}
        traces = read_traces(output)
        self.diagnostics: list[Diagnostic] = [*composed.diagnostics, *traces.diagnostics]
        self.traces = traces.value
        self.reads: dict[tuple[str, str], ReadSet] = {}
        self.entries = dict(self._entries(output))

    def _entries(self, output: Output) -> Iterator[tuple[str, Entry]]:
        for _, outcome in read_ledgers(output):
            self.diagnostics += outcome.diagnostics
            yield from outcome.value.items()

    def of_file(self, file: str) -> dict[str, str]:
        """Give files with their owners that depend on an input file, or on a field of it."""
        name, _, rest = file.partition("#")
        if name not in self.project.digests:
            raise UsageError(f'"{name}" is no input of the project: name a file below its blueprints or overlays')
        path, _, new = rest.partition("=")
        if new:
            return self._compared(self._with_field(name, path, new))
        if not path and name.endswith(".j2"):
            return self._of_template(name)
        return self._depending(name, parse_path(path) if path else ())

    def of_value(self, value: str) -> dict[str, str]:
        """Give files with their owners that depend on a value of a case."""
        text, _, new = value.partition("=")
        case, _, path = text.partition(".")
        if case not in self.project.blueprints or not path:
            known = ", ".join(self.project.blueprints)
            raise UsageError(f'"{text}" is no value: write <case>.<path>, cases are {known}')
        if new:
            chosen = Selection(sets=(parse_set(value),))
            return self._compared(compose(self.project, chosen).value)
        wanted = parse_path(path)
        shares = self.project.blueprints[case].shares
        made_of_it = (one.value for one in shares if _overlaps(one.total, wanted) or _overlaps(one.weight, wanted))
        paths = [("values", *found) for found in (wanted, *made_of_it)]
        found = self._reading(lambda variant: paths if variant.id.case == case else [])
        if not found:
            self._must_exist(case, path)
        return found

    def _must_exist(self, case: str, path: str) -> None:
        """Raise UsageError if no variant of a case has a value: nothing depends on what was misspelt."""
        held = [variant.context["values"] for variant in self.variants.values() if variant.id.case == case]
        if held and not any(has_member(values, parse_path(path)) for values in held):
            resolve(held[0], path)

    def _of_template(self, name: str) -> dict[str, str]:
        return {
            path: entry.owner
            for path, entry in self.entries.items()
            if entry.template == name or name in self._reads(entry).templates
        }

    def _reads(self, entry: Entry) -> ReadSet:
        key = (entry.template, entry.trace)
        if key not in self.reads:
            way, _, number = entry.trace.partition(".")
            kept = self.traces.get(entry.template, {}).get(way, [])
            self.reads[key] = decoded(kept, int(number) if number else None)
        return self.reads[key]

    def _reading(self, wanted: Any) -> dict[str, str]:
        """Give the files whose read-set touches the paths that `wanted` gives for their variant."""
        by_variant = {address: tuple(wanted(variant)) for address, variant in self.variants.items()}
        mentioned: dict[tuple[str, str, tuple[FieldPath, ...]], tuple[FieldPath, ...]] = {}
        found: dict[str, str] = {}
        for path, entry in self.entries.items():
            variant = self.variants.get(entry.owner)
            key = (entry.template, entry.trace, by_variant.get(entry.owner, ()))
            if key not in mentioned:
                mentioned[key] = self._reads(entry).mentioned_of(key[2])
            asked = mentioned[key]
            if variant and asked and self._reads(entry).touches(asked, variant.context, self.expressions):
                found[path] = entry.owner
        return found

    def _depending(self, file: str, path: FieldPath) -> dict[str, str]:
        """Give the files that read a value which the input file sets."""
        origins = Origins(self.project, Selection())

        def won(variant: Variant) -> Iterator[FieldPath]:
            for candidate in self._candidates(variant, file):
                winners = origins.of(variant.id, candidate).winners
                if any(one.location.file == file and one.path[: len(path)] == path for one in winners):
                    yield candidate

        return self._reading(won) | self._patched(
            {
                address: [one for one in variant.patches if one.file == file and _overlaps(one.path, path)]
                for address, variant in self.variants.items()
            }
        )

    def _patched(self, patches: Mapping[str, Sequence[Patch]]) -> dict[str, str]:
        """Give the files that patches, by variant, are for."""
        asked = {address: (self.variants[address].context["case"], some) for address, some in patches.items() if some}
        found: dict[str, str] = {}
        for path, entry in self.entries.items():
            case, some = asked.get(entry.owner, ({}, ()))
            name = path.rpartition("/")[2]
            if any(is_for(patch, name, case["namespace"]) for patch in some):
                found[path] = entry.owner
        return found

    def _candidates(self, variant: Variant, file: str) -> Iterator[FieldPath]:
        """Give the scalars of a variant's context that a file may have set."""
        region, blueprint = self.project.regions[variant.id.region], self.project.blueprints[variant.id.case]
        cluster = next(each for each in region.clusters if each.name == variant.id.cluster)
        layers = value_layers(self.project, region, cluster, blueprint)
        yield from _of_layers(layers, file, variant.context["values"], ("values",))
        if file in self.project.overlays:
            # A share depends on the weights of all cities, whose files are no layers of this one.
            yield from (("values", *share.value) for share in blueprint.shares)
            if file in region.layers or file.startswith(self.project.settings.overlays + "/regions/"):
                facts = fact_layers(self.project, region)
                yield from _of_layers(facts, file, variant.context["region"], ("region",), _COMPUTED["region"])
                own = variant.context["cluster"]
                yield from _of_layers(cluster.layers, file, own, ("cluster",), _COMPUTED["cluster"])
            return
        overlays = self.project.settings.overlays
        whole = {
            "case": f"{blueprint.directory}/blueprint.yaml",
            "project": SETTINGS,
            "versions": f"{overlays}/version-sets/{cluster.version_set}.yaml",
            "images": f"{overlays}/images.lock.yaml",
        }
        for root in (root for root, its_file in whole.items() if its_file == file):
            yield from leaves(variant.context[root], (root,))
        yield from (("files", path) for path in variant.context["files"] if path == file)

    def _with_field(self, file: str, path: str, new: str) -> Iterable[Variant]:
        """Give the variants as they would be if a field of an input file had another value."""
        text = with_scalar(self.project.texts.get(file, ""), parse_path(path), new)
        if text is None:
            raise UsageError(f'"{file}" has no single value at "{path}"')
        changed = load(self.project.settings.root, instead={file: text.encode()})
        return compose(changed.value, Selection()).value

    def _compared(self, variants: Iterable[Variant]) -> dict[str, str]:
        """Give the files whose reads give something else in other variants."""
        changed = dict(self._changed(variants))
        found: dict[str, str] = {}
        for path, entry in self.entries.items():
            after = changed.get(entry.owner)
            if after is None:
                continue
            reads = self._reads(entry)
            if self._result(reads, self.variants[entry.owner].context) != self._result(reads, after.context):
                found[path] = entry.owner
        affected = {self.entries[path].template for path in found}
        found |= Newcomers(self.project).of(changed.values(), self.entries, affected) if changed else {}
        return found | self._patched({address: self._repatched(address, after) for address, after in changed.items()})

    def _changed(self, others: Iterable[Variant]) -> Iterator[tuple[str, Variant]]:
        """Give the variants that would have other values, or other patches, by address."""
        for after in others:
            before = self.variants.get(str(after.id))
            if before and (after.context != before.context or after.patches != before.patches):
                yield str(after.id), after

    def _repatched(self, address: str, after: Variant) -> list[Patch]:
        before = self.variants[address]
        both = (*before.patches, *after.patches)
        return [one for one in both if (one in before.patches) != (one in after.patches)]

    def _result(self, reads: ReadSet, context: Mapping[str, Any]) -> bytes:
        try:
            return marshal.dumps(reads.results(context, self.expressions), 2)
        except TemplateError as error:
            return error.message.encode()


def _of_layers(
    layers: Iterable[Layer], file: str, data: Any, path: FieldPath, computed: frozenset[str] = frozenset()
) -> Iterator[FieldPath]:
    """Give the scalars of merged data that layers of a file can have to do with, and what is `computed` of more."""
    own = [mounted(layer) for layer in layers if layer.file == file]
    for leaf in leaves(data, path) if own or computed else ():
        inner = leaf[len(path) :]
        if (inner[:1] and inner[0] in computed) or any(may_set(one, inner) for one in own):
            yield leaf


def _overlaps(one: FieldPath, other: FieldPath) -> bool:
    """Tell whether one path leads to, or through, the end of another."""
    return all(step == mate for step, mate in zip(one, other, strict=False))
