"""The objects of each variant and their links; those that differ in their city's names alone are told once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gitopsgen.check.links import Link, links
from gitopsgen.check.rule import Subject
from gitopsgen.diagnostics import Diagnostic
from gitopsgen.diff import City, shown
from gitopsgen.diff.placeholders import Names, names_of
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import Variant, VariantId
from gitopsgen.pipeline.project import Opened, UnrenderedError

NO_MANIFEST = "-"  # in the place of a case: an operator or a chart makes it, or nobody does
_LABEL = re.compile(r"<[^<>]+>")
Address = tuple[str, str, str]  # kind, namespace, name


class Graphs:
    """The graphs of all variants: `records` has each different one, `number` and `names` tell which a variant has."""

    def __init__(self, opened: Opened) -> None:
        """Render the clusters in memory; what does not render is told in `diagnostics`."""
        self.records: list[dict[str, Any]] = []
        self.number: dict[VariantId, int] = {}
        self.names: dict[tuple[str, str], dict[str, str]] = {}
        self.diagnostics: list[Diagnostic] = []
        self._opened = opened
        self._known: dict[str, int] = {}
        self._cities = {name: _city(name, one.facts) for name, one in opened.project.regions.items()}
        for region, variants in opened.members():
            by_cluster: dict[str, list[Variant]] = {}
            for variant in variants:
                by_cluster.setdefault(variant.id.cluster, []).append(variant)
            for cluster, members in by_cluster.items():
                self._take(region, cluster, members)

    def _take(self, region: str, cluster: str, members: Sequence[Variant]) -> None:
        try:
            manifests = list(self._manifests(members))
        except UnrenderedError as error:
            self.diagnostics += error.diagnostics
            return
        gathered = self._opened.regions.checker(members[0].context["cluster"]).gathered(manifests)
        found = list(links(gathered))
        names = Names(names_of(region, cluster, self._cities))
        used: set[str] = set()
        for variant in members:
            record = _record(variant.id.case, gathered.subjects, found, names)
            self.number[variant.id] = self._numbered(record)
            used |= {label for *parts, _ in record["objects"] for part in parts for label in _LABEL.findall(part)}
        self.names[region, cluster] = {label: name for label, name in names.labels.items() if label in used}

    def _manifests(self, members: Sequence[Variant]) -> Iterator[Manifest]:
        filled = self._opened.regions.clusters.filled(members)
        if filled is not None:
            for one in filled:
                yield from (one.manifest(sheet) for sheet in one.combination.resources)
            return
        for variant in members:
            for _, made in self._opened.made(variant):
                if made.is_resource:
                    yield Manifest(variant.id, made.name, made.template, made.document, made.data)

    def _numbered(self, record: dict[str, Any]) -> int:
        key = json.dumps(record, sort_keys=True)
        if key not in self._known:
            self._known[key] = len(self.records)
            self.records.append(record)
        return self._known[key]


def _record(case: str, subjects: Iterable[Subject], found: Iterable[Link], names: Names) -> dict[str, Any]:
    """Give the objects of a case as [kind, namespace, name, case], and links as [from, verb, to].

    The case is empty for an object of the variant itself. Names of the city are labels, such as `<region>`.
    """
    numbers: dict[Address, int] = {}
    objects: list[list[str]] = []

    def number(address: Address, owner: str) -> int:
        if address not in numbers:
            numbers[address] = len(objects)
            objects.append([*(shown(names.hide(part)) for part in address), owner])
        return numbers[address]

    for subject in sorted(subjects, key=_address):
        if subject.manifest.variant.case == case:
            number(_address(subject), "")
    lines = {
        (number(_address(one.source), _owner(one.source, case)), one.verb, number(*_target(one, case)))
        for one in found
        if case in {one.source.manifest.variant.case, one.target.manifest.variant.case if one.target else ""}
    }
    return {"objects": objects, "links": [list(line) for line in sorted(lines)]}


def _target(link: Link, case: str) -> tuple[Address, str]:
    if link.target:
        return _address(link.target), _owner(link.target, case)
    return (link.kind, link.namespace, link.name), NO_MANIFEST


def _owner(subject: Subject, case: str) -> str:
    owner = subject.manifest.variant.case
    return "" if owner == case else owner


def _address(subject: Subject) -> Address:
    return subject.known.name, subject.namespace, subject.name


def _city(name: str, facts: Any) -> City:
    failover = tuple(one["name"] for one in facts.get("failover", ()) if isinstance(one, dict))
    return City(name, facts.get("zh", ""), facts.get("area", ""), facts.get("tier", ""), None, failover)
