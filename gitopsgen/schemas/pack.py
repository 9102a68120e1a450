"""A schema pack on disk: `<directory>/<group>/<kind>_<version>.json`, made by `importer`.

Reads one file when its kind is asked for; what stands in it is said in `structural`, what it was in `lock`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gitopsgen.schemas.kind import Kind, api_version, split_api_version
from gitopsgen.schemas.lock import Locked
from gitopsgen.schemas.metadata import with_object_meta

RESOURCE = "x-gitopsgen-resource"


class Pack:
    """The custom kinds of one version set; a directory that does not exist is an empty pack."""

    def __init__(self, directory: Path) -> None:
        """Take the pack that stands in `directory`."""
        self._directory = directory
        self._files = Locked(directory)
        self._names: tuple[tuple[str, str], ...] | None = None

    def find(self, api_version: str, kind: str) -> Kind | None:
        """Give the kind, or None where the pack does not have it."""
        group, version = split_api_version(api_version)
        path = self._directory / relative_path(group, kind, version)
        if not group or _escapes(group, kind, version) or not path.is_file():
            return None
        found = self._kind(path)
        return found if found.name == kind else None

    def names(self) -> Iterator[tuple[str, str]]:
        """Give API version and name of each kind; reads every file, once."""
        if self._names is None:
            kinds = map(self._kind, sorted(self._directory.glob("*/*.json")))
            self._names = tuple((kind.api_version, kind.name) for kind in kinds)
        return iter(self._names)

    def _kind(self, path: Path) -> Kind:
        return kind_of(json.loads(self._files.read(path)))


def kind_of(schema: dict[str, Any]) -> Kind:
    """Give the kind that a schema of a pack describes, its metadata checked as every object's."""
    resource = schema[RESOURCE]
    version = api_version(resource["group"], resource["version"])
    return Kind(
        api_version=version,
        name=resource["kind"],
        schema=with_object_meta(schema, version, resource["kind"]),
        plural=resource["plural"],
        namespaced=resource["scope"] == "Namespaced",
        source=resource["source"],
    )


def relative_path(group: str, kind: str, version: str) -> str:
    """Give where the schema of a kind stands in a pack."""
    return f"{group}/{kind.lower()}_{version}.json"


def _escapes(*names: str) -> bool:
    return any("/" in name or "\\" in name or name.startswith(".") for name in names)
