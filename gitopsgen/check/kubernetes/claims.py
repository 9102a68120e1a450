"""What a claim of storage asks for, wherever it stands: by itself, in a StatefulSet, or in a volume of a pod.

Knows no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.kubernetes.resources import given_amount
from gitopsgen.check.names import subdomain
from gitopsgen.check.rule import Found, Subject
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

_ALONE: Final = "ReadWriteOncePod"


def claim(subject: Subject, spec: Mapping[str, Any], path: Path) -> Iterator[Found]:
    """Give what is wrong with a claim; what it asks for is reported as missing where it says nothing of it."""
    requests = mapping(mapping(spec.get("resources")).get("requests"))
    where: Path = (*path, "resources")
    if "storage" in requests:
        yield from size(subject, requests["storage"], (*where, "requests", "storage"))
    elif "resources" in spec and isinstance(spec["resources"], dict | None):
        yield subject.found(where, f"a claim of {subject} asks for no storage, expected requests.storage")
    yield from modes(subject, spec, path)
    yield from storage_class(subject, spec, path)


def modes(subject: Subject, spec: Mapping[str, Any], path: Path) -> Iterator[Found]:
    """Give what is wrong with the modes of access."""
    given = sequence(spec.get("accessModes"))
    if spec.get("accessModes") == []:
        yield subject.found((*path, "accessModes"), f"{subject} has no mode of access, expected at least one")
    elif _ALONE in given and len(given) > 1:
        message = f"{subject} has {_ALONE} beside other modes of access, expected it alone"
        yield subject.found((*path, "accessModes"), message)


def size(subject: Subject, given: Any, path: Path) -> Iterator[Found]:
    """Give what is wrong with an amount of storage."""
    number = given_amount(given)
    if number is not None and number <= 0:
        yield subject.found(path, f"the storage of {subject} is {given}, expected more than 0")


def storage_class(subject: Subject, spec: Mapping[str, Any], path: Path) -> Iterator[Found]:
    """Give what is wrong with the name of the class of storage."""
    name = text(spec.get("storageClassName"))
    if name and (expected := subdomain(name)):
        yield subject.found((*path, "storageClassName"), f'the class of storage "{name}" must be {expected}')
