"""A version of a custom kind that goes while objects may be stored in it.

What it finds:
    A CustomResourceDefinition that no longer lists the version which it stored its objects in.

Why:
    The API server refuses the update while its status lists that version among `storedVersions`.

Example:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec: {group: example.com, versions: [{name: v1beta1, served: true, storage: true}]}
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec: {group: example.com, versions: [{name: v1, served: true, storage: true}]}

Instead:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec: {group: example.com, versions: [{name: v1beta1, served: true, storage: true}]}
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      versions: [{name: v1, served: true, storage: true}, {name: v1beta1, served: true, storage: false}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.rule import API_SERVER, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.review.change import Changed, Found

RULE = Rule(
    "GG923",
    "unstored-version",
    Severity.ERROR,
    on=of_kind("CustomResourceDefinition.apiextensions.k8s.io"),
    refused_by=API_SERVER,
)


def check(change: Changed) -> Iterator[Found]:
    """Report stored versions that go."""
    if change.both:
        before, after = map(_versions, change.both)
        left = {text(one.get("name")) for one in after}
        for name in sorted(text(one.get("name")) for one in before if one.get("storage") is True):
            if name not in left:
                message = f'the version "{name}", in which objects are stored, goes'
                yield Found(
                    ("spec", "versions"), message, "keep it with storage: false until all objects were rewritten"
                )


def _versions(definition: Subject) -> list[Mapping[str, Any]]:
    return [mapping(one) for one in sequence(mapping(definition.data.get("spec")).get("versions"))]
