"""What is wrong with selectors of labels and of nodes, wherever they stand.

Knows no kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitopsgen.check.names import label_key, label_value, subdomain
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
    yield from values(selector)


def values(selector: Any) -> Iterator[Wrong]:
    """Give the values of expressions that no label can have."""
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


def fields(term: Any) -> Iterator[Wrong]:
    """Give what is wrong with the fields of nodes that a term asks for; there is one such field, the name."""
    for index, one in enumerate(map(mapping, sequence(mapping(term).get("matchFields")))):
        path, values = ("matchFields", index, "values"), sequence(one.get("values"))
        if "key" in one and one["key"] != "metadata.name":
            yield ("matchFields", index, "key"), f'nodes have no field "{one["key"]}" to ask for', "it is metadata.name"
        if one.get("operator") in ("In", "NotIn") and len(values) != 1:
            yield path, f"a field of nodes is compared with {len(values)} values, expected one", ""
        for at, value in enumerate(map(text, values)):
            if expected := subdomain(value):
                yield (*path, at), f'the name "{value}" of a node must be {expected}', ""


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
