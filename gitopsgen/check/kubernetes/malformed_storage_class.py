"""A class of storage without a provisioner, or for places that cannot be.

What it finds:
    A StorageClass whose `provisioner` is empty or no name; allowed topologies that are empty, or say a key or value
    twice; a CSIStorageCapacity of a class that is no name.

Why:
    The API server refuses the object.

Example:
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: local}
    provisioner: ""

Instead:
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: local}
    provisioner: kubernetes.io/no-provisioner

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG435",
    "malformed-storage-class",
    Severity.ERROR,
    on=of_kind("StorageClass.storage.k8s.io", "CSIStorageCapacity.storage.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_EXPRESSIONS: Final = ("allowedTopologies", EACH, "matchLabelExpressions")


def check(subject: Subject) -> Iterator[Found]:
    """Report provisioners, topologies and names that are refused."""
    if subject.known.name == "CSIStorageCapacity":
        name = text(subject.data.get("storageClassName"))
        if "storageClassName" in subject.data and (expected := names.subdomain(name)):
            yield subject.found(("storageClassName",), f'the class of storage "{name}" must be {expected}')
        return
    provisioner = subject.data.get("provisioner")
    if "provisioner" in subject.data and not provisioner:
        yield subject.found(("provisioner",), f"{subject} has no provisioner, expected one")
    elif expected := names.label_key(text(provisioner).lower()) if text(provisioner) else "":
        yield subject.found(("provisioner",), f'the provisioner "{provisioner}" must be {expected}')
    for path, expressions in members(subject.data, *_EXPRESSIONS):
        seen: set[str] = set()
        for index, one in enumerate(map(mapping, sequence(expressions))):
            yield from _expression(subject, one, (*path, index), seen)


def _expression(subject: Subject, one: Mapping[str, Any], path: Path, seen: set[str]) -> Iterator[Found]:
    key, values = text(one.get("key")), sequence(one.get("values"))
    if "key" in one and (expected := names.label_key(key)):
        yield subject.found((*path, "key"), f'the key "{key}" of a topology must be {expected}')
    elif key in seen:
        yield subject.found((*path, "key"), f'the key "{key}" stands twice in a topology, expected once')
    seen.add(key)
    if "values" in one and not values:
        yield subject.found((*path, "values"), f'the topology "{key}" has no values, expected at least one')
    for index, value in enumerate(values):
        if isinstance(value, str) and value in values[:index]:
            yield subject.found((*path, "values", index), f'the value "{value}" stands twice, expected once')
