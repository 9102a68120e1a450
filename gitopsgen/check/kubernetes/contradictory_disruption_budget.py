"""A disruption budget that cannot be reckoned with.

What it finds:
    A PodDisruptionBudget with both `minAvailable` and `maxUnavailable`, a number of pods below 0, a text that
    is no percentage, or one above 100%.

Why:
    The API server refuses the object.

Example:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      minAvailable: "2"
      maxUnavailable: 1

Instead:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      minAvailable: 2

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule(
    "GG468",
    "contradictory-disruption-budget",
    Severity.ERROR,
    on=of_kind("PodDisruptionBudget.policy"),
    is_shared=True,
    refused_by=API_SERVER,
)
_FIELDS: Final = ("minAvailable", "maxUnavailable")
_PERCENT: Final = re.compile(r"[0-9]+%")
_ALL: Final = 100


def check(subject: Subject) -> Iterator[Found]:
    """Report two bounds at once, and bounds that are none."""
    spec = mapping(subject.data.get("spec"))
    given = [field for field in _FIELDS if spec.get(field) is not None]
    if len(given) > 1:
        message = f"{subject} has minAvailable and maxUnavailable, expected one of them"
        yield subject.found(("spec", "maxUnavailable"), message, "maxUnavailable follows a change of replicas")
    for field in given:
        expected = _expected(spec[field])
        if expected:
            yield subject.found(("spec", field), f"{field} of {subject} is {spec[field]!r}, expected {expected}")


def _expected(bound: Any) -> str:
    if isinstance(bound, str):
        if not _PERCENT.fullmatch(bound):
            return "a number, or a percentage such as 20%"
        return "at most 100%" if int(bound[:-1]) > _ALL else ""
    return "0 or more" if isinstance(bound, int) and bound < 0 else ""
