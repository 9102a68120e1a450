"""Which namespaces see a VirtualService or ServiceEntry, and which hosts overlap. Judges nothing."""

from __future__ import annotations

from typing import Final

from gitopsgen.check.istio.hosts import covers
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text

ALL: Final = "*"


def visible_in(subject: Subject) -> frozenset[str]:
    """Give the namespaces that an object is exported to; `ALL` alone for each of them."""
    exported = [text(each) for each in sequence(mapping(subject.data.get("spec")).get("exportTo"))]
    if not exported or ALL in exported:
        return frozenset({ALL})
    return frozenset(subject.namespace if each == "." else each for each in exported)


def overlap(one: str, other: str) -> bool:
    """Whether some host is meant by both of two patterns, each of which may begin with `*`."""
    if one.startswith("*") and other.startswith("*"):
        return one.endswith(other[1:]) or other.endswith(one[1:])
    return covers(one, other) or covers(other, one)
