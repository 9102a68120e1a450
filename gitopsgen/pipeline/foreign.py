"""Manifests that no template of ours made: read as the cluster's tools read them, judged by the same rules.

No project is needed. Each document is judged, or there is a finding that says why not.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import Any, Final

from gitopsgen.check import Checker, Finding, certain, claim_of
from gitopsgen.check.kubernetes import missing_name, unknown_kind
from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path, VariantId
from gitopsgen.pipeline import crew
from gitopsgen.pipeline.defined import Defined
from gitopsgen.pipeline.own_output import clusters_of
from gitopsgen.pipeline.own_rules import read_folders
from gitopsgen.pipeline.profiles import EVERYTHING, Choice, Profile, severity_of
from gitopsgen.schemas import split_api_version
from gitopsgen.schemas.bundled import versions_with
from gitopsgen.schemas.cache import default_directory
from gitopsgen.schemas.location import OWN, SchemaLocation
from gitopsgen.source import Chunk, decoded, objects_of, read_chunk, split

UNKNOWN: Final = unknown_kind.RULE.code
UNNAMED: Final = missing_name.RULE.code
_NOBODY: Final = VariantId("", "", "")
_FEW: Final = 400  # documents: below that, starting processes costs more than they save
_BATCHES: Final = 4  # a process: some documents take longer than others


@dataclass(frozen=True, slots=True)
class ForeignOptions:
    """How foreign manifests are judged.

    `locations` are where schemas of custom kinds are looked for, before the `pack`; `ignores_missing` lets a custom
    kind without a schema pass as information; `policies` are folders with rules of one's own; `jobs` counts processes.
    """

    kubernetes: str
    pack: File
    locations: tuple[str, ...] = ()
    profile: Profile = Profile.CLUSTER
    ignores_missing: bool = False
    policies: tuple[str, ...] = ()
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Foreign(Manifest):
    """A foreign manifest: `document` is the number of its chunk, `inside` where in the document it stands."""

    inside: Path = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged and found; `objects` are file, line and name of each, `texts` what was read."""

    findings: tuple[Diagnostic, ...]
    objects: tuple[tuple[str, int, str], ...]
    unchecked: int
    texts: Mapping[str, str] = field(default_factory=dict)


def judge_manifests(
    contents: Iterable[tuple[str, bytes]], options: ForeignOptions, choice: Choice = EVERYTHING
) -> Judged:
    """Judge streams of manifests, given as (file, content), each object by itself and all together, by chosen rules.

    Raises `UsageError` where there are no schemas for the version, or a location of schemas cannot be one.
    """
    own = read_folders(options.policies)
    texts: dict[str, str] = {}
    chunks: list[Chunk] = []
    found: list[Diagnostic] = [*own.findings]
    for file, content in contents:
        text = decoded(file, content)
        texts[file] = text.value
        chunks += split(file, text.value)
        found += text.diagnostics
    checker = checker_for(options, chunks).restrict(choice.runs).govern(own.rules)
    work = _Work(checker, chunks, options)
    batches, _ = crew.run(work, _parts(len(chunks), options.jobs), lambda _: False, lambda _: None)
    manifests = []
    names: list[tuple[str, int, str]] = []
    for batch in sorted(batches, key=lambda one: one.first):
        found += batch.found
        names += batch.names
        for at, path, data in marshal.loads(batch.objects):  # noqa: S302 - made by a process of this very run
            manifests.append(Foreign(_NOBODY, chunks[at].file, chunks[at].file, at, data, inside=path))
    for cluster in _by_cluster(manifests):
        found += _together(checker, cluster, chunks, options.profile)
    return Judged(tuple(found), tuple(names), sum(batch.unchecked for batch in batches), texts)


def checker_for(options: ForeignOptions, chunks: Sequence[Chunk]) -> Checker:
    """Give the checker of foreign manifests, who may bring definitions of their kinds; raises `UsageError` as above."""
    copies = default_directory() / "locations"
    locations = [SchemaLocation(each, options.kubernetes, copies) for each in options.locations if each != OWN]
    return Checker(options.kubernetes, options.pack, before=(Defined(chunks), *locations))


def _by_cluster(manifests: Iterable[Foreign]) -> Iterable[list[Foreign]]:
    """Give the manifests of each cluster: of output trees one each, all others together."""
    known = list(manifests)
    clusters = clusters_of(dict.fromkeys(one.file for one in known))
    found: dict[str, list[Foreign]] = {}
    for one in known:
        found.setdefault(clusters.get(one.file, ""), []).append(one)
    return found.values()


def _parts(number: int, jobs: int) -> list[list[range]]:
    """Give each process its batches."""
    processes = jobs if number >= _FEW else 1
    size = max(1, -(-number // (processes * _BATCHES)))
    batches = [range(start, min(start + size, number)) for start in range(0, number, size)]
    return [part for part in (batches[own::processes] for own in range(processes)) if part]


@dataclass(slots=True)
class _Batch:
    """What one batch of chunks gave; `objects` are (chunk, path, data), packed for the way between processes.

    They are left out where no rule looks at all of them together.
    """

    first: int
    found: list[Diagnostic] = field(default_factory=list)
    names: list[tuple[str, int, str]] = field(default_factory=list)
    objects: bytes = b""
    unchecked: int = 0


@dataclass(slots=True)
class _Work:
    """What one process does with its batches."""

    checker: Checker
    chunks: Sequence[Chunk]
    options: ForeignOptions

    def judge(self, part: Sequence[range]) -> Iterator[_Batch]:
        """Read and judge batch by batch."""
        for batch in part:
            result = _Batch(batch.start)
            objects: list[tuple[int, Path, Any]] = []
            for number in batch:
                objects += self._document(number, result)
            result.objects = marshal.dumps(objects if self.checker.looks_across else [])
            yield result

    def finish(self) -> None:
        """Write nothing."""

    def abandon(self) -> None:
        """Nothing was made."""

    def _document(self, number: int, result: _Batch) -> Iterator[tuple[int, Path, Any]]:
        chunk = self.chunks[number]
        outcome = read_chunk(chunk)
        result.found += outcome.diagnostics
        findings: list[Finding] = []
        for data in outcome.value:
            for path, each in objects_of(data):
                manifest = Foreign(_NOBODY, chunk.file, chunk.file, number, each, inside=path)
                findings += self._object(manifest, result)
                if all(claim_of(each)):
                    result.names.append((chunk.file, _line_of(manifest, chunk), _named(each)))
                    yield number, path, each
        result.found += _placed(chunk, [(one, severity_of(one, self.options.profile)) for one in findings])

    def _object(self, manifest: Foreign, result: _Batch) -> Iterable[Finding]:
        found = self.checker.manifest(manifest)
        claim = claim_of(manifest.data)
        if not all(claim):  # nothing else can be said of what is no object
            return found[:1]
        if self.options.ignores_missing and any(one.code == UNKNOWN for one in found) and self._is_custom(*claim):
            result.unchecked += 1
            return [_ignored(one) if one.code == UNKNOWN else one for one in found]
        is_unknown = any(one.code == UNKNOWN for one in found)
        # of a kind that nobody knows it is not known either whether its objects have names
        return [one for one in found if not (is_unknown and one.code == UNNAMED)]

    def _is_custom(self, api_version: str, kind: str) -> bool:
        """Tell whether a kind that nobody knows may be one of the cluster's custom ones."""
        group = split_api_version(api_version)[0]
        own = self.checker.known(api_version, kind).sources[0].names()
        return not versions_with(api_version, kind) and all(split_api_version(known)[0] != group for known, _ in own)


def _ignored(one: Finding) -> Finding:
    return replace(one, refused=False, severity=Severity.INFO)


def _together(
    checker: Checker, manifests: Sequence[Foreign], chunks: Sequence[Chunk], profile: Profile
) -> Iterator[Diagnostic]:
    """Give what is wrong between objects, of which the cluster may have more than were given."""
    inside = [_in_namespace(checker, one) for one in manifests]
    policies = checker.policies(inside)
    together = checker.cluster(inside)
    found = (*together, *policies)
    sure = set(map(id, (*certain(together, None), *policies)))
    by_chunk: dict[int, list[tuple[Finding, Severity]]] = {}
    for one in found:
        weight = severity_of(one, profile, is_certain=id(one) in sure)
        by_chunk.setdefault(one.manifest.document, []).append((one, weight))
    for number, some in by_chunk.items():
        yield from _placed(chunks[number], some)


def _in_namespace(checker: Checker, manifest: Foreign) -> Foreign:
    """Give the object where it is applied without another word: in the namespace `default`."""
    metadata = mapping(manifest.data.get("metadata"))
    if metadata.get("namespace"):
        return manifest
    kind = checker.known(*claim_of(manifest.data)).kind
    if kind is None or not kind.namespaced:
        return manifest
    return replace(manifest, data={**manifest.data, "metadata": {**metadata, "namespace": "default"}})


def _placed(chunk: Chunk, found: Sequence[tuple[Finding, Severity]]) -> Iterator[Diagnostic]:
    """Give findings as diagnostics, at the lines of the manifest."""
    if not found:
        return
    fields = [(*_inside(one.manifest), *one.field) for one, _ in found]
    places = chunk.locate(*fields)
    start = chunk.start
    for (one, weight), place, path in zip(found, places, fields, strict=True):
        where = place if path else start
        yield Diagnostic(one.code, one.name, weight, one.message, where, one.hint)


def _inside(manifest: Manifest) -> Path:
    return manifest.inside if isinstance(manifest, Foreign) else ()


def _line_of(manifest: Foreign, chunk: Chunk) -> int:
    place = chunk.locate(manifest.inside)[0] if manifest.inside else chunk.start
    return place.line or 1


def _named(data: Mapping[str, Any]) -> str:
    metadata = mapping(data.get("metadata"))
    name = "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key))
    return f"{data['kind']} {name or '(unnamed)'}"
