"""CustomResourceDefinitions: from their projects' own files, or made from JSON Schemas and constraint templates.

Knows nothing of a server.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any

from gitopsgen.schemas.pack import RESOURCE
from gitopsgen.schemas.structural import reopen

from . import documents

Definition = dict[str, Any]
Kind = tuple[str, str]

# The catalog's files do not say these; all its kinds are namespaced.
CATALOG_PLURALS = {"NetworkAttachmentDefinition": "network-attachment-definitions"}

GROUP_LINE = re.compile(r"^  group: [\"']?([\w.-]+)", re.MULTILINE)
VERSION_PARTS = re.compile(r"\d+")


class Release(Enum):
    """Which of the releases of a component at hand."""

    OLDEST = 0
    NEWEST = -1


@dataclass(frozen=True, slots=True)
class Served:
    """A kind in one of its versions."""

    group: str
    kind: str
    version: str
    plural: str
    scope: str
    schema: Mapping[str, Any]


def from_originals(folder: Path, release: Release, wanted: Collection[Kind]) -> list[Definition]:
    """Read the definitions of the wanted kinds, of one release of each component."""
    groups = {group for group, _ in wanted}
    found = {
        kind_of(definition): definition
        for component in components(folder, release)
        for definition in _definitions(component, groups)
        if kind_of(definition) in wanted
    }
    entries = (entry for kind in sorted(set(wanted) - set(found)) for entry in _catalog_entries(folder, kind))
    return [*found.values(), *definitions_of(entries)]


def from_pack(folder: Path, wanted: Collection[Kind]) -> list[Definition]:
    """Make the definitions of the wanted kinds from the project's schema pack."""
    entries = (_pack_entry(path) for path in sorted(folder.rglob("*.json")))
    return definitions_of(each for each in entries if (each.group, each.kind) in wanted)


def without_rules(definition: Definition) -> Definition:
    """Leave of a definition what a schema pack holds: no rules in CEL, no replicas that must not be negative."""
    stripped: Definition = _without_key(definition, "x-kubernetes-validations")
    for version in stripped["spec"]["versions"]:
        version.pop("subresources", None)
    return stripped


def components(folder: Path, release: Release) -> list[Path]:
    """Find the folder of one release of each component that SOURCES.tsv lists."""
    rows = (line.split("\t") for line in (folder / "SOURCES.tsv").read_text().splitlines()[1:])
    # A release may be listed without files: its project publishes none.
    paths = [folder / f"{project}-{version.removeprefix('v')}" for project, version, *_ in rows]
    releases = sorted((path for path in paths if path.is_dir()), key=_project_and_version)
    by_project = groupby(releases, key=lambda path: _project_and_version(path)[0])
    return [list(paths)[release.value] for _, paths in by_project]


def kind_of(definition: Mapping[str, Any]) -> Kind:
    """Say which kind a definition defines."""
    return definition["spec"]["group"], definition["spec"]["names"]["kind"]


def definitions_of(served: Iterable[Served]) -> list[Definition]:
    """Make one definition for each kind, with all its versions."""
    ordered = sorted(served, key=lambda each: (each.group, each.kind, each.version))
    return [_definition(list(versions)) for _, versions in groupby(ordered, key=lambda each: (each.group, each.kind))]


def _without_key(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _without_key(inner, key) for name, inner in value.items() if name != key}
    return [_without_key(inner, key) for inner in value] if isinstance(value, list) else value


def _project_and_version(path: Path) -> tuple[str, list[int]]:
    project, _, version = path.name.rpartition("-")
    return project, [int(part) for part in VERSION_PARTS.findall(version)]


def _definitions(component: Path, groups: Collection[str]) -> Iterator[Definition]:
    for path in sorted(component.glob("*.yaml")):
        for _, text in documents.split(path.read_text(encoding="utf-8")):
            group = GROUP_LINE.search(text)
            # Large files: only those that are needed are parsed.
            if group and group.group(1) in groups:
                definition = documents.parse(text)
                # A stored version may differ from the asked one; the webhook that converts is not here.
                definition["spec"]["conversion"] = {"strategy": "None"}
                yield definition


def _catalog_entries(folder: Path, wanted: Kind) -> Iterator[Served]:
    group, kind = wanted
    for path in sorted((folder / "catalog" / group).glob(f"{kind.lower()}_*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        plural = CATALOG_PLURALS.get(kind, f"{kind.lower()}s")
        yield Served(group, kind, path.stem.rpartition("_")[2], plural, "Namespaced", schema)


def _pack_entry(path: Path) -> Served:
    schema = json.loads(path.read_text(encoding="utf-8"))
    resource = schema[RESOURCE]
    named = {each.name: resource[each.name] for each in fields(Served) if each.name in resource}
    return Served(**named, schema=schema)


def _definition(versions: list[Served]) -> Definition:
    first = versions[0]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{first.plural}.{first.group}",
            # Groups under k8s.io ask for it; no other group minds.
            "annotations": {"api-approved.kubernetes.io": "unapproved, made for a test"},
        },
        "spec": {
            "group": first.group,
            "scope": first.scope,
            "names": {"kind": first.kind, "plural": first.plural, "singular": first.kind.lower()},
            "versions": [
                {
                    "name": each.version,
                    "served": True,
                    "storage": each is first,
                    "schema": {"openAPIV3Schema": reopen(dict(each.schema))},
                }
                for each in versions
            ],
        },
    }
