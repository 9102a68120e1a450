"""An explanation as lines for people and as records for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitopsgen.emit import inline

if TYPE_CHECKING:
    from gitopsgen.diagnostics import Location
    from gitopsgen.model.variant import Origin
    from gitopsgen.pipeline import Explanation
    from gitopsgen.pipeline.explain import ValueOrigin


def lines(explanation: Explanation) -> Iterator[str]:
    """Give the chain of one scalar, the rendered field first, the layers that lost last."""
    yield f"{explanation.field}: {value_text(explanation.value)}"
    for place, expression in explanation.written:
        yield f"  written at  {place}" + (f"  {{{{ {expression} }}}}" if expression else "  (text of the template)")
    for place in explanation.literals:
        if place not in {written for written, _ in explanation.written}:
            yield f"  text of     {place}"
    for origin in explanation.origins:
        yield from _origin(origin)
    if explanation.patches:
        yield from (f"  patched by  {place}" for place in explanation.patches)
    chosen = [f"{one.path} ({one.winners[0].location})" if one.winners else one.path for one in explanation.steering]
    if chosen:
        yield f"  chosen by   {', '.join(chosen)}"


def _origin(origin: ValueOrigin) -> Iterator[str]:
    for winner in origin.winners:
        yield f"  value       {origin.path} = {value_text(winner.value)}"
        yield f"    set at    {winner.location}  ({winner.layer})"
    for loser in origin.losers:
        yield f"    over      {loser.location}  ({loser.layer}) = {value_text(loser.value)}"


def value_text(value: Any) -> str:
    """Give a value on one line."""
    if isinstance(value, dict | list) and value:
        return f"{'a mapping' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = inline(value, 0)
    first = text.split("\n")[1] if text.startswith("|") else text
    return first if first == text and len(first) <= 100 else f"{first[:100]} …"  # noqa: PLR2004 - fits a terminal


def record(explanation: Explanation) -> dict[str, Any]:
    """Give the same for programs."""
    return {
        "target": explanation.target,
        "field": explanation.field,
        "value": explanation.value,
        "written": [{"location": _place(place), "expression": text or None} for place, text in explanation.written],
        "literals": [_place(place) for place in explanation.literals],
        "origins": [_record(origin) for origin in explanation.origins],
        "chosenBy": [_record(origin) for origin in explanation.steering],
        "patches": [_place(place) for place in explanation.patches],
    }


def _record(origin: ValueOrigin) -> dict[str, Any]:
    return {
        "path": origin.path,
        "setBy": [_layer(winner) for winner in origin.winners],
        "over": [_layer(loser) for loser in origin.losers],
    }


def _layer(origin: Origin) -> dict[str, Any]:
    return {"layer": origin.layer, "location": _place(origin.location), "value": origin.value}


def _place(place: Location) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}
