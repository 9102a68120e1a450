"""A custom resource definition that goes, with every object of its kind.

What it finds:
    A CustomResourceDefinition that was rendered and is not any more, and a version that one serves no more.

Why:
    The cluster deletes all objects of the kind with it, in every namespace, and their operators what they made of them.

Example:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: ledgers.example.com}
    ---

Instead:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: ledgers.example.com}
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: ledgers.example.com, annotations: {argocd.argoproj.io/sync-options: Prune=false}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG904", "removed-definition", Severity.WARNING)


def check(change: Changed) -> Iterator[Found]:
    """Report definitions that go."""
    if change.before is None or change.before.known.name != "CustomResourceDefinition":
        return
    if change.after is None:
        yield Found((), "is removed, and with it every object of its kind", "remove the objects first, each on purpose")
        return
    for name in sorted(_served(change.before) - _served(change.after)):
        message = f'serves the version "{name}" no more'
        yield Found(("spec", "versions"), message, "move the objects to a version that stays, then remove this one")


def _served(subject: Subject) -> set[str]:
    versions = map(mapping, sequence(mapping(subject.data.get("spec")).get("versions")))
    return {text(version.get("name")) for version in versions if version.get("served") is True}
