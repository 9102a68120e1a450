"""A subset that cannot be called so, or labels that no pod can have.

What it finds:
    A subset of a DestinationRule whose name is no DNS label or stands twice, a destination of a VirtualService that
    asks for such a name, and labels of subsets, endpoints, callers and WorkloadGroups that are none.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      subsets: [{name: v1.2, labels: {version: v1.2}}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec:
      host: "*.example.com"
      subsets: [{name: v1-2, labels: {version: v1.2}}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import DNS_LABEL, is_label
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

_KINDS: Final = ("DestinationRule", "ServiceEntry", "VirtualService", "WorkloadEntry", "WorkloadGroup")
RULE = Rule(
    "GG548",
    "malformed-subset",
    Severity.ERROR,
    on=of_kind(*(f"{kind}.networking.istio.io" for kind in _KINDS)),
    is_shared=True,
    refused_by=MESH,
)
_ASKED: Final = (
    *((protocol, EACH, "route", EACH, "destination", "subset") for protocol in ("http", "tls", "tcp")),
    ("http", EACH, "mirror", "subset"),
    ("http", EACH, "mirrors", EACH, "destination", "subset"),
)
_LABELS: Final = {
    "DestinationRule": (("subsets", EACH, "labels"),),
    "VirtualService": tuple((protocol, EACH, "match", EACH, "sourceLabels") for protocol in ("http", "tls", "tcp")),
    "WorkloadEntry": (("labels",),),
    "WorkloadGroup": (("metadata", "labels"),),
    "ServiceEntry": (("endpoints", EACH, "labels"),),
}
_VALUE: Final = re.compile(r"(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")


def check(subject: Subject) -> Iterator[Found]:
    """Report names and labels that are refused."""
    if subject.known.name == "DestinationRule":
        yield from _named(subject)
    elif subject.known.name == "VirtualService":
        for steps in _ASKED:
            for path, name in members(subject.data, "spec", *steps):
                if name and not is_label(text(name)):
                    yield subject.found(path, f'the subset "{name}" of {subject} must be {DNS_LABEL}')
    yield from _labels(subject)


def _named(subject: Subject) -> Iterator[Found]:
    seen: set[str] = set()
    for path, subset in members(subject.data, "spec", "subsets", EACH):
        name = text(mapping(subset).get("name"))
        if not is_label(name):
            yield subject.found((*path, "name"), f'the subset "{name}" of {subject} must be {DNS_LABEL}')
        elif name in seen:
            yield subject.found((*path, "name"), f'{subject} has two subsets "{name}", expected one')
        seen.add(name)


def _labels(subject: Subject) -> Iterator[Found]:
    kind = subject.known.name
    is_read = text(mapping(subject.data.get("spec")).get("resolution")).startswith(("STATIC", "DNS"))
    for steps in _LABELS[kind] if is_read or kind != "ServiceEntry" else ():
        for above, labels in members(subject.data, "spec", *steps):
            for key, value in mapping(labels).items():
                if isinstance(value, str) and _VALUE.fullmatch(value) is None:
                    message = f'the label "{key}: {value}" of {subject} must be letters, digits, "-", "_" and "."'
                    yield subject.found((*above, key), message)
