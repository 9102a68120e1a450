"""By which fields the items of a list are told apart: as the kind's schema says, else by their names.

Knows schemas; nothing of what is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gitopsgen.diff.changes import NOTHING, Key, canonical
from gitopsgen.schemas import Source
from gitopsgen.schemas.lists import Plan, plan

_NAME = ("name",)


class ListTypes:
    """What is known of the lists of kinds; looks in one source after the other, and remembers."""

    def __init__(self, sources: Sequence[Source] = ()) -> None:
        """Take where kinds come from."""
        self._sources = sources
        self._plans: dict[tuple[str, str], Plan | None] = {}

    def of(self, api_version: str, kind: str) -> Plan | None:
        """Give the plan of a kind's lists, None where nobody knows any."""
        claim = (api_version, kind)
        if claim not in self._plans:
            found = next((known for source in self._sources if (known := source.find(*claim))), None)
            self._plans[claim] = plan(found.schema) if found else None
        return self._plans[claim]


def keys(plan: Plan | None, old: list[Any], new: list[Any]) -> tuple[list[Key], list[Key]] | None:
    """Give the keys of the items of two versions of a list, None where they tell no items apart."""
    wanted = tuple(name for name, _ in plan.keys) if plan is not None and plan.keys else _NAME
    before, after = _keys(wanted, old), _keys(wanted, new)
    return None if before is None or after is None else (before, after)


def _keys(wanted: tuple[str, ...], items: list[Any]) -> list[Key] | None:
    found: dict[Key, None] = {}
    for item in items:
        # the first key must be there; of the others a server knows the default
        if not isinstance(item, dict) or wanted[0] not in item:
            return None
        if any(isinstance(item.get(name), dict | list) for name in wanted):
            return None
        found[Key(tuple((name, canonical(item[name]) if name in item else NOTHING) for name in wanted))] = None
    return list(found) if len(found) == len(items) else None
