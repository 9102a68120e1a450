"""A secret of a ServiceAccount without a name.

What it finds:
    An entry of `secrets` in the newer version of a ServiceAccount that has no `name`.

Why:
    Server-side apply tells the entries of this list apart by their names, and refuses an entry without one; a plain
    request that creates the account is taken.
    https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy

Example:
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: orders, namespace: payment}
    secrets: [{name: orders-token}]
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: orders, namespace: payment}
    secrets: [{namespace: payment}]

Instead:
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: orders, namespace: payment}
    secrets: [{name: orders-token}]
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: orders, namespace: payment}
    secrets: [{name: orders-token-2}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import API_SERVER, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import sequence
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG926", "nameless-secret", Severity.ERROR, on=of_kind("ServiceAccount"), refused_by=API_SERVER)


def check(change: Changed) -> Iterator[Found]:
    """Report entries without a name."""
    old, new = map(_nameless, change.both) if change.both else ([], [])
    for index in new if not old else ():  # it was applied before: then by some other way
        message = f'"secrets[{index}]" has no name, by which server-side apply tells such entries apart'
        yield Found(("secrets", index), message, "name the secret")


def _nameless(account: Subject) -> list[int]:
    entries = enumerate(sequence(account.data.get("secrets")))
    return [index for index, entry in entries if isinstance(entry, dict) and "name" not in entry]
