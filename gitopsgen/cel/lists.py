"""Functions of lists and of lists that are meant as sets."""

from __future__ import annotations

from itertools import pairwise
from typing import Any


def is_sorted(items: list[Any]) -> bool:
    """Whether no item is less than the one before."""
    return all(before <= after for before, after in pairwise(items))


def total(items: list[Any]) -> Any:
    """Give the sum, 0 for no items."""
    return sum(items[1:], items[0]) if items else 0


def least(items: list[Any]) -> Any:
    """Give the least; raises ValueError for no items."""
    if not items:
        raise ValueError("min called on empty list")
    return min(items)


def most(items: list[Any]) -> Any:
    """Give the greatest; raises ValueError for no items."""
    if not items:
        raise ValueError("max called on empty list")
    return max(items)


def contains(items: list[Any], others: list[Any]) -> bool:
    """Whether all others are among the items."""
    return all(one in items for one in others)


def equivalent(items: list[Any], others: list[Any]) -> bool:
    """Whether both have the same items, however often."""
    return contains(items, others) and contains(others, items)


def intersects(items: list[Any], others: list[Any]) -> bool:
    """Whether any of the others is among the items."""
    return any(one in items for one in others)
