"""A workload that ran will not run any more.

What it finds:
    Replicas of a workload, or the most that a scaler may run, that become zero; a CronJob that is suspended.

Why:
    It is the quietest way to switch a service off: the object is there, and healthy.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {replicas: 2}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {replicas: 0}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {replicas: 2}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {replicas: 1}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG911", "scaled-to-zero", Severity.WARNING)

_COUNTS: Final = ("replicas", "instances", "maxReplicas", "maxReplicaCount")
_CURE: Final = "remove the workload if it is not needed, so that Git says so"


def check(change: Changed) -> Iterator[Found]:
    """Report workloads that are switched off."""
    if not change.both:
        return
    before, after = (mapping(side.data.get("spec")) for side in change.both)
    for name in _COUNTS:
        was, now = before.get(name), after.get(name)
        if now == 0 and was != 0 and not isinstance(now, bool):
            yield Found(("spec", name), f"{name} becomes 0{'' if was is None else f', it was {was}'}", _CURE)
    if after.get("suspend") is True and before.get("suspend") is not True:
        yield Found(("spec", "suspend"), "is suspended", _CURE)
