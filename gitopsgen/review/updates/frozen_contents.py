"""New contents of a ConfigMap or Secret that was made immutable.

What it finds:
    Another `data`, `binaryData` or `stringData` of an object that says `immutable: true`, and one that says so no more.

Why:
    The API server refuses the update; nodes read such an object once and never again.

Example:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: rates, namespace: payment}
    immutable: true
    data: {limit: "10"}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: rates, namespace: payment}
    immutable: true
    data: {limit: "20"}

Instead:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: rates-2, namespace: payment}
    immutable: true
    data: {limit: "20"}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import API_SERVER, Rule, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.review.change import Changed, Found, kind_of
from gitopsgen.review.immutability import frozen
from gitopsgen.review.updates.refused_update import message

RULE = Rule("GG922", "frozen-contents", Severity.ERROR, on=of_kind("ConfigMap", "Secret"), refused_by=API_SERVER)


def check(change: Changed) -> Iterator[Found]:
    """Report changes of what is frozen."""
    if change.both:
        before, after = change.both
        for one in frozen(kind_of(after), before.data, after.data):
            yield Found(
                one.place, message(kind_of(after), one), "make an object of another name, and have the pods read that"
            )
