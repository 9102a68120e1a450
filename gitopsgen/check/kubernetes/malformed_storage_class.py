"""A class of storage without a provisioner, or for places that cannot be.

What it finds:
    A StorageClass whose `provisioner` is empty or no name; allowed topologies that are empty, are there twice, or say
    a key or value twice; a CSIStorageCapacity of a class that is no name, or of nodes that no label can meet.

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
from gitopsgen.check.selectors import labels
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
        yield from _capacity(subject)
        return
    if subject.data.get("reclaimPolicy") == "Recycle":
        message = f"the reclaimPolicy of {subject} is Recycle, expected Delete or Retain"
        yield subject.found(("reclaimPolicy",), message, "only volumes that people make are recycled")
    provisioner = subject.data.get("provisioner")
    if "provisioner" in subject.data and not provisioner:
        yield subject.found(("provisioner",), f"{subject} has no provisioner, expected one")
    elif expected := names.label_key(text(provisioner).lower()) if text(provisioner) else "":
        yield subject.found(("provisioner",), f'the provisioner "{provisioner}" must be {expected}')
    yield from _terms(subject, sequence(subject.data.get("allowedTopologies")))
    for path, expressions in members(subject.data, *_EXPRESSIONS):
        seen: set[str] = set()
        for index, one in enumerate(map(mapping, sequence(expressions))):
            yield from _expression(subject, one, (*path, index), seen)


def _capacity(subject: Subject) -> Iterator[Found]:
    name = text(subject.data.get("storageClassName"))
    if "storageClassName" in subject.data and (expected := names.subdomain(name)):
        yield subject.found(("storageClassName",), f'the class of storage "{name}" must be {expected}')
    for below, message, hint in labels(subject.data.get("nodeTopology")):
        yield subject.found(("nodeTopology", *below), message, hint)


def _terms(subject: Subject, terms: list[Any]) -> Iterator[Found]:
    seen: list[Any] = [{}]
    for index, term in enumerate(map(mapping, terms)):
        found = [mapping(one) for one in sequence(term.get("matchLabelExpressions"))]
        allowed = {text(one.get("key")): sorted(map(text, sequence(one.get("values")))) for one in found}
        if allowed in seen:
            what = "stands twice, expected once" if allowed else "names no places, expected some"
            yield subject.found(("allowedTopologies", index), f"a topology of {subject} {what}")
        seen.append(allowed)


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
