"""What pods name: service accounts, configuration, secrets, claims, classes.

Finds the references and where they stand; whether they resolve is said by rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path


class Reference(NamedTuple):
    """A name of another object: its kind, the key that is wanted of it (empty for all), and where it stands."""

    kind: str
    name: str
    field: Path
    key: str = ""


def references(subject: Subject) -> Iterator[Reference]:
    """Give all that the pods of a workload name and cannot do without."""
    spec, path = pod_spec(subject), spec_path(subject)
    for field, kind in _FIELDS.items():
        if name := text(spec.get(field)):
            yield Reference(kind, name, (*path, field))
    for index, pull in enumerate(sequence(spec.get("imagePullSecrets"))):
        if name := text(mapping(pull).get("name")):
            yield Reference("Secret", name, (*path, "imagePullSecrets", index, "name"))
    for index, volume in enumerate(sequence(spec.get("volumes"))):
        yield from _of_volume(mapping(volume), (*path, "volumes", index))
    for where, container in containers(subject):
        yield from _of_container(container, where)


_FIELDS = {
    "serviceAccountName": "ServiceAccount",
    "priorityClassName": "PriorityClass",
    "runtimeClassName": "RuntimeClass",
}
_SOURCES = {
    "configMap": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}


def _of_volume(volume: Mapping[str, Any], path: Path) -> Iterator[Reference]:
    for field, (kind, name_field) in _SOURCES.items():
        yield from _of_source(mapping(volume.get(field)), (*path, field), kind, name_field)
    for index, source in enumerate(sequence(mapping(volume.get("projected")).get("sources"))):
        for field, (kind, _) in _SOURCES.items():
            where = (*path, "projected", "sources", index, field)
            yield from _of_source(mapping(mapping(source).get(field)), where, kind, "name")


def _of_source(source: Mapping[str, Any], path: Path, kind: str, name_field: str) -> Iterator[Reference]:
    name = text(source.get(name_field))
    if not name or source.get("optional") is True:
        return
    yield Reference(kind, name, (*path, name_field))
    for index, item in enumerate(sequence(source.get("items"))):
        if key := text(mapping(item).get("key")):
            yield Reference(kind, name, (*path, "items", index, "key"), key)


def _of_container(container: Mapping[str, Any], path: Path) -> Iterator[Reference]:
    for index, variable in enumerate(sequence(container.get("env"))):
        source = mapping(mapping(variable).get("valueFrom"))
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            yield from _of_key(mapping(source.get(field)), (*path, "env", index, "valueFrom", field), kind)
    for index, source in enumerate(sequence(container.get("envFrom"))):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            reference = mapping(mapping(source).get(field))
            yield from _of_source(reference, (*path, "envFrom", index, field), kind, "name")


def _of_key(reference: Mapping[str, Any], path: Path, kind: str) -> Iterator[Reference]:
    name, key = text(reference.get("name")), text(reference.get("key"))
    if name and reference.get("optional") is not True:
        yield Reference(kind, name, (*path, "name"))
        if key:
            yield Reference(kind, name, (*path, "key"), key)
