"""Schemas of custom kinds that others keep: what kubeconform's `-schema-location` takes.

A location is a directory or an address, or one with kubeconform's placeholders: `{{.Group}}/{{.ResourceKind}}.json`.
A directory may have the layout of a pack, which is that of the CRDs-catalog, or kubeconform's own.
https://github.com/yannh/kubeconform#overriding-schemas-location
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.schemas.kind import Kind, split_api_version
from gitopsgen.schemas.lock import Locked
from gitopsgen.schemas.metadata import with_object_meta
from gitopsgen.schemas.pack import RESOURCE, kind_of

Read = Callable[[str], bytes | None]

_PLACEHOLDER: Final = re.compile(r"\{\{\s*\.(\w+)\s*\}\}")
_NAMES: Final = (
    "Group",
    "KindSuffix",
    "NormalizedKubernetesVersion",
    "ResourceAPIVersion",
    "ResourceKind",
    "StrictSuffix",
)
_PACK: Final = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"
_KUBECONFORM: Final = (
    "{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json"
)
_FLAT: Final = "{{.ResourceKind}}{{.KindSuffix}}.json"
_DEFINITIONS: Final = "#/definitions/"

OWN: Final = "default"  # kubeconform's word for the schemas that come with the tool, which are always looked into


class SchemaLocation:
    """One place of schemas; raises `UsageError` where it can be none."""

    def __init__(self, location: str, kubernetes: str, cache: Path | None = None) -> None:
        """Take a location, the version that placeholders speak of, and where copies of what addresses hold are kept."""
        unknown = sorted(set(_PLACEHOLDER.findall(location)) - set(_NAMES))
        if unknown:
            known = ", ".join(_NAMES)
            raise UsageError(f'--schema-location "{location}": no placeholder {unknown[0]}, known are {known}')
        is_template = bool(_PLACEHOLDER.search(location)) or location.endswith(".json")
        if not is_template and not is_address(location) and not Path(location).is_dir():
            raise UsageError(f'--schema-location "{location}" is no directory')
        patterns = (_PACK, _KUBECONFORM, _FLAT)
        self._templates = (location,) if is_template else tuple(f"{location.rstrip('/')}/{each}" for each in patterns)
        self._read = _addresses(cache) if is_address(location) else _files(None if is_template else Path(location))
        self._version = "master" if kubernetes == "master" else f"v{kubernetes}.0"

    def find(self, api_version: str, kind: str) -> Kind | None:
        """Give the kind, or None where no file has it; raises `UsageError` where the file is no schema."""
        group, version = split_api_version(api_version)
        if not kind or not version or any("/" in each or each.startswith(".") for each in (group, version, kind)):
            return None
        short = "-".join(part for part in (group.partition(".")[0], version) if part)
        values = {
            "Group": group,
            "KindSuffix": f"-{short.lower()}",
            "NormalizedKubernetesVersion": self._version,
            "ResourceAPIVersion": version,
            "ResourceKind": kind.lower(),
            "StrictSuffix": "-strict",
        }
        for template in self._templates:
            place = _PLACEHOLDER.sub(lambda match: values[match[1]], template)
            content = self._read(place)
            if content is not None:
                return _kind(place, content, api_version, kind)
        return None

    def names(self) -> Iterator[tuple[str, str]]:
        """Give nothing: the names of files tell neither case nor group."""
        return iter(())


def is_address(text: str) -> bool:
    """Tell whether this names something on a network rather than a file."""
    return "://" in text


def _files(folder: Path | None) -> Read:
    """Give what reads files, by the lock of the folder where they are in one that has it."""
    locked = Locked(folder) if folder else None

    def read(place: str) -> bytes | None:
        path = Path(place)
        if not path.is_file():
            return None
        return locked.read(path) if locked else path.read_bytes()

    return read


def _addresses(cache: Path | None) -> Read:
    """Give what reads addresses, with copies kept in `cache`."""
    # most checks ask no network, and need no client for it
    from gitopsgen.schemas.download import UnreadableError  # noqa: PLC0415
    from gitopsgen.schemas.remote import Remote  # noqa: PLC0415

    remote = Remote(cache)

    def read(place: str) -> bytes | None:
        try:
            return remote.read(place)
        except UnreadableError as error:
            raise UsageError(f"--schema-location: {place} {error}") from error

    return read


def _kind(path: str, content: bytes, api_version: str, name: str) -> Kind:
    try:
        schema = _self_contained(json.loads(content))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: is no schema: {error}") from error
    if RESOURCE in schema:
        return kind_of(schema)
    fields = schema.get("properties")
    whole = {**schema, "properties": fields if isinstance(fields, dict) else {}}
    return Kind(api_version, name, with_object_meta(whole, api_version, name), source=path)


def _self_contained(schema: Any) -> dict[str, Any]:
    """Give a schema whose references all lead to `$defs` of its own; raises ValueError where that cannot be."""
    if not isinstance(schema, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004 - told as all that is wrong with the file
    if "$ref" not in json.dumps(schema):
        return {key: value for key, value in schema.items() if key != "$schema"}
    moved = json.loads(json.dumps(schema).replace(f'"{_DEFINITIONS}', '"#/$defs/'))
    definitions = {**moved.pop("definitions", {}), **moved.get("$defs", {})}
    outside = [one for one in _references(moved) if one.removeprefix("#/$defs/") not in definitions]
    if outside:
        raise ValueError(f'refers to "{outside[0]}", which is not in it: use the standalone schemas')
    return {**{key: value for key, value in moved.items() if key != "$schema"}, "$defs": definitions}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    for below in node if isinstance(node, list) else ():
        yield from _references(below)
