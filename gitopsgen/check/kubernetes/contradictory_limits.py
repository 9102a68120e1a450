"""Limits of a namespace that contradict each other.

What it finds:
    A LimitRange with a minimum above its default or maximum, or a default above the maximum; a ratio below 1,
    or above what the bounds allow; defaults for pods; bounds of a claim without storage; a type twice;
    an unknown resource.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: LimitRange
    metadata: {name: payment, namespace: payment}
    spec:
      limits:
        - type: Container
          default: {cpu: "4"}
          max: {cpu: "2"}

Instead:
    apiVersion: v1
    kind: LimitRange
    metadata: {name: payment, namespace: payment}
    spec:
      limits:
        - type: Container
          default: {cpu: "1"}
          max: {cpu: "2"}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.kubernetes.resources import given_amount, of_container
from gitopsgen.check.names import label_key
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG478",
    "contradictory-limits",
    Severity.ERROR,
    on=of_kind("LimitRange"),
    is_shared=True,
    refused_by=API_SERVER,
)
_FIELDS: Final = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
# Each is at most the other; the third is the one to be mended, as the server has it.
_ORDER: Final = (
    ("min", "max", "min"),
    ("min", "default", "default"),
    ("min", "defaultRequest", "defaultRequest"),
    ("default", "max", "default"),
    ("defaultRequest", "max", "defaultRequest"),
    ("defaultRequest", "default", "defaultRequest"),
)


def check(subject: Subject) -> Iterator[Found]:
    """Report bounds that are refused."""
    seen: set[str] = set()
    for index, entry in enumerate(sequence(mapping(subject.data.get("spec")).get("limits"))):
        item, path = mapping(entry), ("spec", "limits", index)
        sort = text(item.get("type"))
        if sort and sort in seen:
            yield subject.found((*path, "type"), f"{subject} has the type {sort} twice, expected it once")
        seen.add(sort)
        yield from _of_type(subject, sort, item, path)
        yield from _bounds(subject, item, path)


def _of_type(subject: Subject, sort: str, item: Mapping[str, Any], path: Path) -> Iterator[Found]:
    named = {"Container": _FIELDS}.get(sort, ("max", "min", "maxLimitRequestRatio"))
    for field in ("default", "defaultRequest") if sort == "Pod" else ():
        if item.get(field):
            message = f"{subject} has {field} for pods, expected so for type Container only"
            yield subject.found((*path, field), message)
    if sort == "PersistentVolumeClaim" and not any("storage" in mapping(item.get(side)) for side in ("min", "max")):
        yield subject.found(path, f"{subject} bounds claims, expected a min or max of storage")
    if "/" in sort and (expected := label_key(sort)):
        yield subject.found((*path, "type"), f'the type "{sort}" must be {expected}')
    for field, name in ((each, name) for each in named for name in mapping(item.get(each))):
        expected = "" if name == "storage" and sort == "PersistentVolumeClaim" else of_container(name)
        if expected:
            yield subject.found((*path, field, name), f'the resource "{name}" of {subject} must be {expected}')


def _bounds(subject: Subject, item: Mapping[str, Any], path: Path) -> Iterator[Found]:
    sides = {
        field: {name: given_amount(value) for name, value in mapping(item.get(field)).items()} for field in _FIELDS
    }
    if item.get("type") == "Pod":
        sides |= {"default": {}, "defaultRequest": {}}
    for lower, upper, field in _ORDER:
        for name, least in sides[lower].items():
            most = sides[upper].get(name)
            if least is not None and most is not None and least > most:
                told = [mapping(item[side])[name] or 0 for side in (lower, upper)]
                message = f"{lower} of {name} is {told[0]} and {upper} {told[1]}, expected at most that"
                yield subject.found((*path, field, name), message)
    for name, ratio in sides["maxLimitRequestRatio"].items():
        at, value = (*path, "maxLimitRequestRatio", name), mapping(item["maxLimitRequestRatio"])[name]
        least, most = sides["min"].get(name), sides["max"].get(name)
        if ratio is not None and ratio < 1:
            yield subject.found(at, f"the ratio of {name} is {value or 0}, expected 1 or more")
        elif ratio is not None and least and most is not None and ratio > most / least:
            message = f"the ratio of {name} is {value}, expected at most max by min, {float(most / least):g}"
            yield subject.found(at, message)
