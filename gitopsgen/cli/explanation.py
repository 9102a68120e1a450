"""An explanation as lines for people and as records for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitopsgen.emit import inline
from gitopsgen.report.json import place

if TYPE_CHECKING:
    from gitopsgen.model.variant import Origin
    from gitopsgen.pipeline import Explanation
    from gitopsgen.pipeline.project import ValueOrigin

_WIDEST = 100  # characters of a value: what explains must not drown in what is explained


def lines(explanation: Explanation) -> Iterator[str]:
    """Give the chain of one scalar, its value first, the layers that lost last."""
    name = explanation.target if "#" in explanation.target else f"{explanation.target} {explanation.field}".rstrip()
    yield f"{name} = {value_text(explanation.value)}"
    if explanation.lists:
        yield f"  lists     {explanation.lists}"
    for where, expression in explanation.written:
        yield f"  written   {where}  {f'{{{{ {expression} }}}}' if expression else 'literal text'}"
    for where in sorted({*explanation.literals} - {where for where, _ in explanation.written}):
        yield f"  written   {where}  literal text"
    for where in explanation.patches:
        yield f"  patched   {where}"
    for origin in explanation.origins:
        yield from _origin_lines(origin)
    for origin in explanation.steering:
        places = ", ".join(f"{winner.location}  {winner.layer}" for winner in origin.winners)
        yield f"  chosen by {origin.path}  {places}".rstrip()


def _origin_lines(origin: ValueOrigin) -> Iterator[str]:
    yield f"  from      {origin.path}"
    for word, layers in (("set", origin.winners), ("over", origin.losers)):
        for one in layers:
            yield f"    {word:<8}{one.location}  {one.layer}: {value_text(one.value)}"


def value_text(value: Any) -> str:
    """Give a value on one line, in YAML, cut where it is long."""
    if isinstance(value, dict | list) and value:
        return f"{'a mapping' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = inline(value, 0)
    first = text.split("\n")[1].strip() if text.startswith("|") else text
    return first if first == text and len(first) <= _WIDEST else f"{first[:_WIDEST]} …"


def record(explanation: Explanation) -> dict[str, Any]:
    """Give the same for programs."""
    return {
        "target": explanation.target,
        "field": explanation.field,
        "value": explanation.value,
        "lists": explanation.lists or None,
        "written": [{"location": place(where), "expression": text or None} for where, text in explanation.written],
        "literals": [place(where) for where in explanation.literals],
        "origins": [_origin(origin) for origin in explanation.origins],
        "chosenBy": [_origin(origin) for origin in explanation.steering],
        "patches": [place(where) for where in explanation.patches],
    }


def _origin(origin: ValueOrigin) -> dict[str, Any]:
    return {
        "path": origin.path,
        "setBy": [_layer(winner) for winner in origin.winners],
        "over": [_layer(loser) for loser in origin.losers],
    }


def _layer(origin: Origin) -> dict[str, Any]:
    return {"layer": origin.layer, "location": place(origin.location), "value": origin.value}
