"""A claim that asks for less storage than it did.

What it finds:
    A PersistentVolumeClaim whose request for storage is smaller than before.

Why:
    The API server refuses the update: a volume cannot shrink.

Example:
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}

Instead:
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 30Gi}}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.check.rule import API_SERVER, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG921", "shrunk-claim", Severity.ERROR, on=of_kind("PersistentVolumeClaim"), refused_by=API_SERVER)
_FIELD: Final[Path] = ("spec", "resources", "requests", "storage")


def check(change: Changed) -> Iterator[Found]:
    """Report a smaller request."""
    if change.both:
        old, new = map(_asked, change.both)
        before, after = amount(old), amount(new)
        if before is not None and after is not None and after < before:
            message = f'"{".".join(map(str, _FIELD))}" shrinks from {old} to {new}'
            yield Found(_FIELD, message, "make a new claim and copy the data")


def _asked(claim: Subject) -> Any:
    found: Any = claim.data
    for step in _FIELD:
        found = mapping(found).get(str(step))
    return found
