"""What the user typed to choose variants, turned into a `Selection`."""

from __future__ import annotations

from typing import Any

from gitopsgen.model.selection import Condition, Selection


def selection_of(
    regions: list[str] | None = None,
    clusters: list[str] | None = None,
    cases: list[str] | None = None,
    selectors: list[str] | None = None,
    sets: list[str] | None = None,
    version_set: str = "",
) -> Selection:
    """Give the selection; raises `UsageError` for what cannot be understood."""
    return Selection(
        regions=tuple(regions or ()),
        clusters=tuple(clusters or ()),
        cases=tuple(cases or ()),
        selector=_conditions(selectors) if selectors else (),
        sets=_settings(sets) if sets else (),
        version_set=version_set,
    )


def _conditions(selectors: list[str]) -> tuple[Condition, ...]:
    from gitopsgen.compose import parse_selector

    return tuple(condition for text in selectors for condition in parse_selector(text))


def _settings(sets: list[str]) -> tuple[tuple[str, Any], ...]:
    from gitopsgen.compose import parse_set

    return tuple(parse_set(text) for text in sets)
