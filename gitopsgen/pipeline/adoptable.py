"""The trees that `import` is pointed at: which cities they are of, and the objects of each.

A city is a folder of manifests, a file of them, a kustomization, or a chart with the city's values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gitopsgen.adopt import City
from gitopsgen.check import claim_of
from gitopsgen.check.security import literal_credential, literal_secret
from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Related, Severity, UsageError
from gitopsgen.emit import UnwritableError, inline
from gitopsgen.pipeline.charts import Release, is_chart, rendered_chart, values_files
from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests
from gitopsgen.pipeline.manifest_files import SUFFIXES, Content, is_kustomization, read_manifests
from gitopsgen.pipeline.profiles import Choice, Profile
from gitopsgen.scalars import Ambiguous, read_plain
from gitopsgen.source import Chunk, FindingKind, decoded, objects_of, read_chunk, split

DUPLICATE: Final = FindingKind("GG951", "imported-twice")
NO_OBJECT: Final = FindingKind("GG955", "imported-no-object")
UNWRITABLE: Final = FindingKind("GG956", "imported-unwritable")
LEFT_OUT: Final = FindingKind("GG957", "secret-left-out", Severity.WARNING)
_CONTENTS: Final = literal_secret.RULE.code
_CREDENTIAL: Final = literal_credential.RULE.code

# Kustomizations beside those of cities, which these are made of.
_SHARED: Final = frozenset({"base", "bases", "components"})

Where = Callable[[], Location]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the manifests of one city are: `name` is what the source calls the city, `values` are those of a chart."""

    name: str
    path: Path
    values: Path | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An object, and the file that it stands in."""

    data: dict[str, Any]
    where: Where

    @property
    def identity(self) -> tuple[str, ...]:
        """What no other object of its cluster may have."""
        metadata = self.data["metadata"]
        return self.data["apiVersion"], self.data["kind"], str(metadata.get("namespace", "")), metadata["name"]


def origins(sources: Iterable[str], values: tuple[str, ...], known: Iterable[str]) -> list[Origin]:
    """Give the cities of all sources; raises `UsageError` for a source that has none, or a city that comes twice.

    `known` are names that mean a city, so that a folder of files called after cities is one file a city.
    """
    names = frozenset(known)
    found = [one for source in sources for one in _of(Path(source), values, names)]
    for at, one in enumerate(found):
        if any(one.name == other.name for other in found[:at]):
            raise UsageError(f'the city "{one.name}" comes twice: {one.path} is not the first')
    return found


def _of(source: Path, values: tuple[str, ...], known: frozenset[str]) -> list[Origin]:
    if not source.exists():
        raise UsageError(f'no file or folder "{source}"')
    if source.is_file():
        return [Origin(source.stem, source)]
    if is_chart(source):
        return [Origin(name, source, file) for name, file in values_files(source, values).items()]
    if is_kustomization(source):
        return [Origin(source.resolve().name, source)]
    overlays = source / "overlays"
    folders = [one for one in _folders(overlays if overlays.is_dir() else source) if is_kustomization(one)]
    cities = [Origin(one.name, one) for one in folders if one.name in known or one.name not in _SHARED]
    return cities or _plain(source, known)


def _plain(source: Path, known: frozenset[str]) -> list[Origin]:
    """Give the cities of a folder of manifests: a file each, the folder itself, or its folders."""
    files = sorted(one for one in source.iterdir() if one.is_file() and one.suffix in SUFFIXES)
    if source.resolve().name not in known and any(one.stem in known for one in files):
        return [Origin(one.stem, one) for one in files]
    if files:
        return [Origin(source.resolve().name, source)]
    folders = [one for one in _folders(source) if any(path.suffix in SUFFIXES for path in one.rglob("*"))]
    if not folders:
        raise UsageError(f'"{source}" has neither manifests nor folders of them')
    return [Origin(one.name, one) for one in folders]


def _folders(place: Path) -> list[Path]:
    return sorted(one for one in place.iterdir() if one.is_dir() and one.name[0] != ".") if place.is_dir() else []


def contents(origin: Origin, release: Release) -> Outcome[tuple[Content, ...]]:
    """Read, build or render what a city has; raises `UsageError` where a program is needed that is not there."""
    if origin.values is not None:
        return rendered_chart(origin.path, origin.values, release)
    if origin.path.is_dir() and is_kustomization(origin.path):
        return read_manifests((), (str(origin.path),))
    return read_manifests((str(origin.path),), ())


def objects(some: Iterable[Content], city: City) -> Outcome[tuple[Found, ...]]:
    """Give the objects of a city; what is none, or stands there twice, is an error."""
    found: dict[tuple[str, ...], Found] = {}
    told: list[Diagnostic] = []
    for file, content in some:
        text = decoded(file, content)
        told += text.diagnostics
        for chunk in split(file, text.value):
            read = read_chunk(chunk)
            told += read.diagnostics
            for path, data in (one for document in read.value for one in objects_of(document)):
                told += _taken(chunk, path, data, found, city)
    return Outcome(tuple(found.values()), tuple(told))


def _taken(
    chunk: Chunk, path: tuple[str | int, ...], data: Any, found: dict[tuple[str, ...], Found], city: City
) -> Iterator[Diagnostic]:
    def where() -> Location:
        return chunk.locate(path)[0] if path else chunk.start

    if not all(claim_of(data)) or not isinstance(_name(data), str):
        message = "this is no object: expected apiVersion, kind and metadata.name"
        yield NO_OBJECT.at(where(), message, "leave the file out of what is imported")
        return
    for inner, why in _unwritable(data):
        yield UNWRITABLE.at(
            chunk.locate((*path, *inner))[0], why, "no file of ours can carry it as it stands: mend it first"
        )
    one = Found(data, where)
    first = found.setdefault(one.identity, one)
    if first is not one:
        message = f"{one.data['kind']} {one.identity[-1]} of {city.region} is there twice"
        yield DUPLICATE.at(where(), message, "keep one of them", (Related("first here", first.where()),))


def _unwritable(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Give what no output can carry, such as a number that is too large, and why."""
    if isinstance(data, dict | list):
        for step, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _unwritable(value, (*path, step))
        return
    try:
        text = inline(data, 0)
    except UnwritableError as error:
        yield path, str(error)
        return
    if isinstance(data, float) and isinstance(read_plain(text), Ambiguous):
        yield path, f"not all readers of YAML take {text} for a number"


def _name(data: Any) -> Any:
    metadata = data.get("metadata")
    return metadata.get("name") if isinstance(metadata, dict) else None


def secrets(some: Iterable[Content], options: ForeignOptions, *, leave_out: bool) -> tuple[Diagnostic, ...]:
    """Give where secrets stand in plain text, which Git must not hold; those left out are told as a warning."""
    how = ForeignOptions(options.kubernetes, options.pack, profile=Profile.FLEET)
    judged = judge_manifests(some, how, Choice((_CONTENTS, _CREDENTIAL), ()))
    found = [one for one in judged.findings if one.code in (_CONTENTS, _CREDENTIAL)]
    return tuple(_left_out(one) if leave_out and one.code == _CONTENTS else one for one in found)


def _left_out(one: Diagnostic) -> Diagnostic:
    message = "is a Secret with its contents, and was left out"
    return LEFT_OUT.at(one.location, message, "let an ExternalSecret make it")


def is_secret(data: Mapping[str, Any]) -> bool:
    """Tell whether an object is a Secret that carries its contents."""
    return data["kind"] == "Secret" and data["apiVersion"] == "v1" and bool(data.get("data") or data.get("stringData"))
