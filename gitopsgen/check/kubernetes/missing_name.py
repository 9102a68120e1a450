"""An object without a name.

What it finds:
    An object whose `metadata.name` is missing or empty.

Why:
    A declarative tool can neither apply it twice nor prune it: the API server refuses it, and
    `generateName` makes a new object on every sync.

Example:
    apiVersion: v1
    kind: ConfigMap
    metadata: {namespace: payment}
    data: {currency: CNY}

Instead:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: payment-settings, namespace: payment}
    data: {currency: CNY}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text

RULE = Rule("GG409", "missing-name", Severity.ERROR, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report an object that names itself nowhere."""
    if not subject.metadata.get("name"):
        found = subject.found(("metadata", "name"), f'a {subject.known.name or "document"} has no "metadata.name"')
        # a server makes a name where it is told how one begins, and always for this kind: each time another one
        is_made = subject.known.name == "LimitRange" or bool(text(subject.metadata.get("generateName")))
        yield found._replace(refused=False) if is_made else found
