"""A rollout that cannot move, or whose steps contradict its strategy.

What it finds:
    `maxSurge` and `maxUnavailable` that are both zero (or, of a DaemonSet, neither), percentages that cannot be
    read or exceed 100%, and `rollingUpdate` beside another strategy.

Why:
    The API server refuses the object. With both at zero no pod could ever be replaced.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: ledger, namespace: payment}
    spec:
      strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}
      selector: {matchLabels: {app: ledger}}
      template:
        metadata: {labels: {app: ledger}}
        spec: {containers: [{name: ledger, image: registry.example.com/ledger}]}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: ledger, namespace: payment}
    spec:
      strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
      selector: {matchLabels: {app: ledger}}
      template:
        metadata: {labels: {app: ledger}}
        spec: {containers: [{name: ledger, image: registry.example.com/ledger}]}

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG444",
    "stalled-rollout",
    Severity.ERROR,
    on=of_kind("DaemonSet.apps", "Deployment.apps", "StatefulSet.apps"),
    is_shared=True,
    refused_by=API_SERVER,
)
_PERCENT: Final = re.compile(r"[0-9]+%")
_ALL: Final = 100
# By kind: the field of the strategy, the type without steps, what maxSurge and maxUnavailable are where they are unset.
_STRATEGY: Final[dict[str, tuple[str, str, int, int]]] = {
    "DaemonSet": ("updateStrategy", "", 0, 1),
    "Deployment": ("strategy", "Recreate", 25, 25),
    "StatefulSet": ("updateStrategy", "OnDelete", 0, 1),
}


def check(subject: Subject) -> Iterator[Found]:
    """Report strategies of updates that the server does not take."""
    field, plain, *_ = _STRATEGY[subject.known.name]
    strategy = mapping(mapping(subject.data.get("spec")).get(field))
    path: Path = ("spec", field, "rollingUpdate")
    kind = strategy.get("type") or "RollingUpdate"
    if plain and kind == plain and strategy.get("rollingUpdate") is not None:
        message = f"rollingUpdate beside the type {plain}, which has no steps"
        yield subject.found(path, message, "remove rollingUpdate, or use the type RollingUpdate")
    elif kind == "RollingUpdate":
        yield from _steps(subject, mapping(strategy.get("rollingUpdate")), path)


def _steps(subject: Subject, steps: Any, path: Path) -> Iterator[Found]:
    partition = steps.get("partition")
    if type(partition) is int and partition < 0:
        yield subject.found((*path, "partition"), f"partition is {partition}, expected at least 0")
    if subject.known.name == "StatefulSet":
        return  # older servers do not read its maxUnavailable
    _, _, surge, unavailable = _STRATEGY[subject.known.name]
    bounded = ("maxUnavailable",) if subject.known.name == "Deployment" else ("maxSurge", "maxUnavailable")
    malformed = [
        subject.found((*path, name), f"{name} is {wrong}", "write a number of pods, or a percentage such as 25%")
        for name in ("maxSurge", "maxUnavailable")
        if (wrong := _wrong(steps.get(name), is_bounded=name in bounded))
    ]
    yield from malformed
    if not malformed:
        yield from _together(
            subject,
            path,
            _number(steps.get("maxSurge"), surge),
            _number(steps.get("maxUnavailable"), unavailable),
        )


def _together(subject: Subject, path: Path, surge: int, unavailable: int) -> Iterator[Found]:
    if not surge and not unavailable:
        message = "maxSurge and maxUnavailable are both 0, so no pod could ever be replaced"
        yield subject.found((*path, "maxUnavailable"), message, "let one of them be at least 1")
    elif surge and unavailable and subject.known.name == "DaemonSet":
        message = f"maxSurge is set while maxUnavailable is {unavailable}; a DaemonSet takes one of them"
        yield subject.found((*path, "maxSurge"), message, "write maxUnavailable: 0, or remove maxSurge")


def _wrong(value: Any, *, is_bounded: bool) -> str:
    if isinstance(value, str):
        if _PERCENT.fullmatch(value) is None:
            return f'"{value}", which is no percentage'
        return f"{value}, expected at most 100%" if is_bounded and int(value[:-1]) > _ALL else ""
    return f"{value}, expected at least 0" if type(value) is int and value < 0 else ""


def _number(value: Any, default: int) -> int:
    """Give the number in a value that is right, or in its place where it is unset."""
    if isinstance(value, str):
        return int(value[:-1])
    return value if type(value) is int else default
