"""Kinds whose definitions stand among the very manifests that are judged: the cluster gets both.

Read when a custom kind is asked for; a definition that a server would refuse defines nothing, and is told by rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gitopsgen.model.unchecked import mapping
from gitopsgen.schemas import Kind
from gitopsgen.schemas.importer import schemas_of
from gitopsgen.schemas.pack import kind_of
from gitopsgen.schemas.validator import compile_kind
from gitopsgen.source import Chunk, objects_of, read_chunk

_DEFINITION: Final = "CustomResourceDefinition"
_GROUP: Final = "apiextensions.k8s.io/"


class Defined:
    """The kinds of the CustomResourceDefinitions in some documents."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        """Take the documents; none is read before it is needed."""
        self._chunks = [chunk for chunk in chunks if _DEFINITION in chunk.text]
        self._kinds: dict[tuple[str, str], Kind] | None = None

    def find(self, api_version: str, kind: str) -> Kind | None:
        """Give the kind, or None where no document defines it soundly."""
        return self._read().get((api_version, kind))

    def names(self) -> Iterator[tuple[str, str]]:
        """Give API version and name of each kind."""
        return iter(self._read())

    def _read(self) -> dict[tuple[str, str], Kind]:
        if self._kinds is None:
            found = (kind for chunk in self._chunks for one in _definitions(chunk) for kind in _served(one, chunk.file))
            self._kinds = {(kind.api_version, kind.name): kind for kind in found}
        return self._kinds


def _definitions(chunk: Chunk) -> Iterator[Mapping[str, Any]]:
    for data in read_chunk(chunk).value:
        for _, each in objects_of(data):
            one = mapping(each)
            if one.get("kind") == _DEFINITION and str(one.get("apiVersion")).startswith(_GROUP):
                yield one


def _served(definition: Mapping[str, Any], file: str) -> list[Kind]:
    """Give the kinds of a definition, none where any of its versions is not sound: a server takes all or nothing."""
    try:
        kinds = [kind_of(dict(one.schema)) for one in schemas_of(definition, file)]
        for kind in kinds:
            compile_kind(kind)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return []
    return kinds
