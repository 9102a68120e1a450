"""A volume, or a claim of one, whose size cannot be.

What it finds:
    A PersistentVolumeClaim, or a template of claims, that asks for no storage or for none above 0, or for no mode of
    access; a PersistentVolume whose capacity is not its storage alone, that has no source or two, or whose paths and
    driver cannot be, or that asks for values which no label of a node can have; a class of storage that is no name.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data, namespace: payment}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {size: 10Gi}}

Instead:
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data, namespace: payment}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 10Gi}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.kubernetes import claims
from gitopsgen.check.kubernetes.lenience import VALUES_VALIDATED, release, validated
from gitopsgen.check.names import subdomain
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.check.selectors import values
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG434",
    "malformed-storage",
    Severity.ERROR,
    on=of_kind("PersistentVolume", "PersistentVolumeClaim", "StatefulSet.apps"),
    is_shared=True,
    refused_by=API_SERVER,
)
_LONGEST: Final = 63
# All other fields of a volume are its source.
_NO_SOURCES: Final = frozenset(
    {
        "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy",
        "storageClassName", "volumeAttributesClassName", "volumeMode",
    }
)  # fmt: skip


def check(subject: Subject) -> Iterator[Found]:
    """Report sizes and classes of storage that are refused."""
    spec = mapping(subject.data.get("spec"))
    if subject.known.name == "PersistentVolume":
        yield from _capacity(subject, spec)
        yield from _source(subject, spec)
        yield from claims.modes(subject, spec, ("spec",))
        yield from claims.storage_class(subject, spec, ("spec",))
        if release(subject.known.kind) >= VALUES_VALIDATED:
            yield from _nodes(subject)
    elif subject.known.name == "PersistentVolumeClaim":
        yield from claims.claim(subject, spec, ("spec",))
    else:
        for index, one in enumerate(sequence(spec.get("volumeClaimTemplates"))):
            path: Path = ("spec", "volumeClaimTemplates", index)
            if not mapping(mapping(one).get("metadata")).get("name"):
                message = f"a claim of {subject} has no name, by which containers could mount it"
                yield validated(subject.found((*path, "metadata", "name"), message, "name it"))
            yield from map(validated, claims.claim(subject, mapping(mapping(one).get("spec")), (*path, "spec")))


def _capacity(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    capacity, path = spec.get("capacity"), ("spec", "capacity")
    if not isinstance(capacity, dict):
        return  # reported as a missing field, or one of another type
    if list(capacity) != ["storage"]:
        yield subject.found(
            path, f"the capacity of {subject} names {', '.join(capacity) or 'nothing'}, expected storage"
        )
    if "storage" in capacity:
        yield from claims.size(subject, capacity["storage"], (*path, "storage"))


def _source(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    given = [name for name, one in spec.items() if name not in _NO_SOURCES and one is not None]
    if len(given) != 1 and spec:
        told = " and ".join(given) or "no source"
        yield subject.found(("spec",), f"{subject} has {told}, expected exactly one source")
    if spec.get("local") is not None and not mapping(mapping(spec.get("nodeAffinity")).get("required")):
        message = f"{subject} is on a disk of a node, but does not say of which"
        yield subject.found(("spec", "nodeAffinity"), message, "write nodeAffinity.required with its host name")
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle" and mapping(spec.get("hostPath")).get("path") == "/":
        message = f"{subject} is all of a node, and Recycle would empty it"
        yield subject.found(("spec", "persistentVolumeReclaimPolicy"), message, "write Retain")
    path, driver = mapping(spec.get("nfs")).get("path"), text(mapping(spec.get("csi")).get("driver"))
    if isinstance(path, str) and path and not path.startswith("/"):
        yield subject.found(("spec", "nfs", "path"), f'the path is "{path}", expected an absolute one')
    expected = subdomain(driver.lower()) or ("at most 63 characters" if len(driver) > _LONGEST else "")
    if driver and expected:
        yield subject.found(("spec", "csi", "driver"), f'the driver "{driver}" must be {expected}')


def _nodes(subject: Subject) -> Iterator[Found]:
    for path, term in members(subject.data, "spec", "nodeAffinity", "required", "nodeSelectorTerms", EACH):
        for below, message, hint in values(term):
            yield subject.found((*path, *below), message, hint)
