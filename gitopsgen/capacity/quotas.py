"""Which pods a ResourceQuota counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitopsgen.model.unchecked import mapping, sequence, text


def classes(spec: Mapping[str, Any]) -> frozenset[str] | None:
    """Give the priority classes that a quota counts, empty for all, None for scopes that cannot be told here.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
    """
    expressions = [mapping(one) for one in sequence(mapping(spec.get("scopeSelector")).get("matchExpressions"))]
    if spec.get("scopes") or len(expressions) > 1:
        return None
    if not expressions:
        return frozenset()
    only = expressions[0]
    if only.get("scopeName") != "PriorityClass" or only.get("operator") != "In":
        return None
    return frozenset(text(one) for one in sequence(only.get("values")))
