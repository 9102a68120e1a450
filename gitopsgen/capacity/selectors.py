"""Which labels a selector of Kubernetes means: of objects, and of nodes.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitopsgen.model.unchecked import mapping, sequence, text


def matches(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether a LabelSelector (`matchLabels`, `matchExpressions`) selects an object with these labels."""
    required, expressions = mapping(selector.get("matchLabels")), sequence(selector.get("matchExpressions"))
    return all(labels.get(key) == value for key, value in required.items()) and all(
        holds(mapping(expression), labels) for expression in expressions
    )


def holds(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether one expression of a selector, for objects or for nodes, holds for these labels."""
    key, values = text(expression.get("key")), sequence(expression.get("values"))
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case "Gt" | "Lt" as order:
            return _compares(labels.get(key), values, is_more=order == "Gt")
        case _:
            return False


def tolerates(tolerations: list[Any], taint: Mapping[str, Any]) -> bool:
    """Whether one of some tolerations is for a taint."""
    return any(_tolerates(mapping(one), taint) for one in tolerations)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    key, effect = text(toleration.get("key")), text(toleration.get("effect"))
    if effect not in {"", taint.get("effect")}:
        return False
    if toleration.get("operator") == "Exists":
        return key in {"", taint.get("key")}
    return key == taint.get("key") and text(toleration.get("value")) == text(taint.get("value"))


def _compares(value: Any, bounds: list[Any], *, is_more: bool) -> bool:
    if len(bounds) != 1 or not (str(value).isdigit() and str(bounds[0]).isdigit()):
        return False
    return int(value) > int(bounds[0]) if is_more else int(value) < int(bounds[0])
