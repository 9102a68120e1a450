"""What the user typed to choose variants, turned into a `Selection`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.compose import Selection


def selection_of(
    regions: list[str] | None = None,
    clusters: list[str] | None = None,
    cases: list[str] | None = None,
    selectors: list[str] | None = None,
    sets: list[str] | None = None,
    version_set: str = "",
) -> Selection:
    """Give the selection; raises `UsageError` for what cannot be understood."""
    from gitopsgen.compose import Selection, parse_selector, parse_set

    return Selection(
        regions=tuple(regions or ()),
        clusters=tuple(clusters or ()),
        cases=tuple(cases or ()),
        selector=tuple(condition for text in selectors or () for condition in parse_selector(text)),
        sets=tuple(parse_set(text) for text in sets or ()),
        version_set=version_set,
    )
