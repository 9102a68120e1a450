"""What is wrong with selectors of labels and of nodes, wherever they stand.

Knows no kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitopsgen.check.names import label_key, label_value
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

Wrong = tuple[Path, str, str]  # where, what, and how to mend it


def labels(selector: Any) -> Iterator[Wrong]:
    """Give what is wrong with a selector of labels: with its expressions, and with its words."""
    for key, value in mapping(mapping(selector).get("matchLabels")).items():
        if expected := label_key(key) or label_value(text(value)):
            yield ("matchLabels", key), f'no object can have the label "{key}: {value}"; it must be {expected}', ""
    yield from keys(selector)
    yield from expressions(selector)
    for index, one in enumerate(map(mapping, sequence(mapping(selector).get("matchExpressions")))):
        for at, value in enumerate(sequence(one.get("values"))):
            if isinstance(value, str) and (expected := label_value(value)):
                yield ("matchExpressions", index, "values", at), f'the value "{value}" must be {expected}', ""


def keys(selector: Any) -> Iterator[Wrong]:
    """Give the keys of expressions that no label can have."""
    for index, one in enumerate(map(mapping, sequence(mapping(selector).get("matchExpressions")))):
        key = one.get("key")
        if isinstance(key, str) and (expected := label_key(key)):
            yield ("matchExpressions", index, "key"), f'the key "{key}" must be {expected}', ""


def expressions(selector: Any) -> Iterator[Wrong]:
    """Give expressions with values where the operator takes none, or the other way round."""
    for index, one in enumerate(map(mapping, sequence(mapping(selector).get("matchExpressions")))):
        operator, values = one.get("operator"), sequence(one.get("values"))
        path = ("matchExpressions", index, "values")
        if operator in ("In", "NotIn") and not values:
            yield path, f"the operator {operator} has no values", "add values, or write Exists or DoesNotExist"
        elif operator in ("Exists", "DoesNotExist") and values:
            yield path, f"the operator {operator} has values, which it does not look at", "remove them, or write In"
        elif operator in ("Gt", "Lt") and len(values) != 1:
            yield path, f"the operator {operator} has {len(values)} values, expected one number", ""
