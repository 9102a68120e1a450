"""A namespace that goes, with all that is in it.

What it finds:
    A Namespace that was rendered and is not any more.

Why:
    Argo CD prunes it, and the cluster then deletes every object in it, also those that Git never knew: claims with
    their data, Secrets that operators made.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment}
    ---

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {state: retired}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG903", "removed-namespace", Severity.WARNING)


def check(change: Changed) -> Iterator[Found]:
    """Report namespaces that go."""
    if change.after is None and (change.subject.known.group, change.subject.known.name) == ("", "Namespace"):
        yield Found((), "is removed, and with it all that is in it", "move what holds data first, then remove the rest")
