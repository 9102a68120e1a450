"""`check --against`: what the API server refuses when manifests are applied over their older state.

Both states are read as `check` reads manifests; of our own output two revisions are compared, as `diff` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from gitopsgen.check import claim_of
from gitopsgen.diagnostics import Diagnostic, UsageError
from gitopsgen.diff import Repository
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path as Field
from gitopsgen.pipeline.foreign import ForeignOptions, checker_for
from gitopsgen.pipeline.manifest_files import SUFFIXES, Content, is_kustomization, read_manifests
from gitopsgen.pipeline.profiles import Choice, Profile, severity_of_code
from gitopsgen.review.change import Changed, Server, subject, version_of
from gitopsgen.review.rules import UPDATE_RULES
from gitopsgen.schemas import split_api_version
from gitopsgen.source import Chunk, decoded, objects_of, read_chunk, split

Identity = tuple[str, str, str, str]


def older_state(against: str, paths: tuple[str, ...], kustomizations: tuple[str, ...] = ()) -> tuple[Content, ...]:
    """Give the older files: those of a folder, or of a Git revision at the same paths; kustomizations are built.

    Raises `UsageError` where it is neither, a path cannot be asked of Git, or an older kustomization cannot be built.
    """
    if Path(against).is_dir():
        return _built(against) if kustomizations and is_kustomization(against) else read_manifests((against,), ()).value
    if not (paths or kustomizations) or "-" in paths:
        raise UsageError("--against REVISION needs paths in a Git repository: name a folder instead")
    files = (content for path in paths for content in _committed(against, path))
    return (*files, *(content for folder in kustomizations for content in _built_of(against, folder)))


def _built_of(revision: str, folder: str) -> tuple[Content, ...]:
    """Give what kustomize makes of a folder as it was; nothing where it was no kustomization yet."""
    repository = Repository(Path(folder))
    commit, place = repository.commit(revision), repository.place(Path(folder))
    with TemporaryDirectory(prefix="gitopsgen-") as temporary:
        repository.export(commit, Path(temporary))
        older = str(Path(temporary) / place)
        return _built(older) if is_kustomization(older) else ()


def _built(folder: str) -> tuple[Content, ...]:
    read = read_manifests((), (folder,))
    if read.diagnostics:
        raise UsageError(f"--against: the older kustomization cannot be built: {read.diagnostics[0].message}")
    return read.value


def _committed(revision: str, path: str) -> Iterator[Content]:
    """Give the files of a revision where the path leads now."""
    place = Path(path)
    folder = place if place.is_dir() else place.parent
    repository = Repository(folder)
    commit = repository.commit(revision)
    names = repository.files(commit, ".")
    wanted = [name for name in names if name.endswith(SUFFIXES) and (place.is_dir() or name == place.name)]
    for name, content in repository.contents(commit, wanted).items():
        yield (folder / name).as_posix(), content


def judge_updates(
    old: Iterable[Content], new: Mapping[str, str], how: ForeignOptions, choice: Choice
) -> tuple[Diagnostic, ...]:
    """Give what an API server refuses of the new manifests, given by file, when it has the old ones."""
    chunks = [chunk for file, content in new.items() for chunk in split(file, content)]
    server = Server(version_of(how.kubernetes), checker_for(how, chunks).known)
    before = {
        identity: data
        for file, content in old
        for chunk in split(file, decoded(file, content).value)
        for identity, _, data in _objects(chunk)
    }
    return tuple(
        found
        for chunk in chunks
        for identity, path, data in _objects(chunk)
        if identity in before
        for found in _refused(
            chunk, path, server.changed(subject(before[identity]), subject(data)), (choice, how.profile)
        )
    )


def _objects(chunk: Chunk) -> Iterator[tuple[Identity, Field, object]]:
    for data in read_chunk(chunk).value:
        for path, each in objects_of(data):
            api_version, kind = claim_of(each)
            metadata = mapping(mapping(each).get("metadata"))
            if api_version and kind and text(metadata.get("name")):
                names = text(metadata.get("namespace")) or "default", text(metadata["name"])
                yield (split_api_version(api_version)[0], kind, *names), path, each


def _refused(chunk: Chunk, path: Field, change: Changed, held: tuple[Choice, Profile]) -> Iterator[Diagnostic]:
    choice, profile = held
    if not change.both:
        return
    for module in UPDATE_RULES:
        rule = module.RULE
        if not choice.wants(rule.code, rule.name) or (rule.on and not rule.on(change.subject.known)):
            continue
        for one in module.check(change):
            place = chunk.locate((*path, *one.field))[0] if one.field or path else chunk.start
            severity = severity_of_code(rule.code, rule.severity, profile)
            yield Diagnostic(rule.code, rule.name, severity, f"{change.subject}: {one.message}", place, one.hint)
