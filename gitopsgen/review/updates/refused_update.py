"""An update of a field that the API server does not let anyone change.

What it finds:
    A change of a selector, a claim template, a role of a binding, a provisioner, the template of a Job, the address of
    a Service, and of all other fields that are fixed once the object was made; nothing is found where the new version
    only says what the server set anyway.

Why:
    The server refuses the update, and Argo CD cannot sync the object: it has to be deleted and made anew.

Example:
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: ledger, namespace: payment}
    spec: {serviceName: ledger, selector: {matchLabels: {app: ledger}}}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: ledger, namespace: payment}
    spec: {serviceName: ledger-headless, selector: {matchLabels: {app: ledger}}}

Instead:
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: ledger, namespace: payment}
    spec: {serviceName: ledger, selector: {matchLabels: {app: ledger}}}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: ledger, namespace: payment}
    spec: {serviceName: ledger, podManagementPolicy: OrderedReady, selector: {matchLabels: {app: ledger}}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import API_SERVER, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.review.change import Changed, Found, kind_of
from gitopsgen.review.immutability import Refusal, refusals
from gitopsgen.review.masking import told
from gitopsgen.schemas.wording import dotted

RULE = Rule("GG920", "refused-update", Severity.ERROR, refused_by=API_SERVER)
CURE: Final = (
    "give the new object another name, or have it made anew: argocd.argoproj.io/sync-options: Replace=true,Force=true"
)


def check(change: Changed) -> Iterator[Found]:
    """Report changes of fields that are fixed."""
    if change.both:
        before, after = change.both
        kind = kind_of(after)
        for one in refusals(kind, before.data, after.data, change.kubernetes):
            yield Found(one.place, message(kind, one), CURE)


def message(kind: str, one: Refusal) -> str:
    """Say which field changes from what to what; what is secret is hidden."""
    old, new = told(kind, one.differing, one.old), told(kind, one.differing, one.new)
    inside = "" if one.differing == one.fixed else f', but "{dotted(one.differing)}" does'
    return f'"{dotted(one.fixed)}" may not change after the object was made{inside}: from {old} to {new}'
