"""Storage that becomes smaller, or is no longer asked for.

What it finds:
    A smaller request for storage in a claim, a claim template or a custom kind that makes claims, and one that
    an object had and has no more.

Why:
    A volume cannot shrink: the request is refused, or the operator makes a new and empty volume.

Example:
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec: {resources: {requests: {storage: 20Gi}}}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec: {resources: {requests: {storage: 10Gi}}}

Instead:
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec: {resources: {requests: {storage: 20Gi}}}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec: {resources: {requests: {storage: 20480Mi}}}

"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.check.rule import Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.diff import NOTHING, Step, plain_path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG902", "shrunk-storage", Severity.WARNING)

_ABOVE: Final = ("requests", "storage", "persistence", "walStorage", "volumeClaimTemplate", "pvc")
_LIMITS: Final = frozenset({"ResourceQuota", "LimitRange"})
_CURE: Final = "a volume cannot shrink: make a new one and copy the data"


def check(change: Changed) -> Iterator[Found]:
    """Report requests for storage that shrink."""
    if not change.both or change.subject.known.name in _LIMITS:
        return
    for one in change.changes:
        if one.old != NOTHING and _is_storage(one.path):
            old, new = json.loads(one.old), None if one.new == NOTHING else json.loads(one.new)
            before, after = amount(old), amount(new)
            if before is not None and (after is None or after < before):
                what = f"shrinks from {old} to {new}" if after is not None else f"of {old} is not asked for any more"
                yield Found(plain_path(change.subject.data, one.path), f"storage {what}", _CURE)


def _is_storage(path: tuple[Step, ...]) -> bool:
    # requests.storage of a claim, storage.size and persistence.storage of operators' kinds
    return path[-1:] in {("storage",), ("size",)} and any(step in _ABOVE for step in path[:-1])
