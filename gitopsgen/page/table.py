"""The cities as a table without any program: for viewers that run none, and for whoever reads the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

_HEADINGS: Final = ("City", "Tier", "Area", "Wave", "Kubernetes", "Cases", "Findings", "Failover")


def table(document: Mapping[str, Any]) -> str:
    """Give the table of all cities, everything in it escaped."""
    heads = "".join(f'<th scope="col">{name}</th>' for name in _HEADINGS)
    rows = "\n".join("".join(_row(city)) for city in document["cities"])
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n"


def _row(city: Mapping[str, Any]) -> Iterator[str]:
    cases = dict.fromkeys(one["case"] for cluster in city["clusters"] for one in cluster["variants"])
    versions = sorted({cluster["kubernetes"] for cluster in city["clusters"]})
    neighbours = (one["name"] for one in city["failover"])
    yield f'<tr><th scope="row">{_text(city["name"])} {_text(city["zh"])}</th>'
    cells = (
        *(city["tier"], city["area"], city["wave"], ", ".join(versions), ", ".join(cases)),
        *(len(city["findings"]), ", ".join(neighbours)),
    )
    yield from (f"<td>{_text(cell)}</td>" for cell in cells)
    yield "</tr>"


def _text(value: Any) -> str:
    return escape(str(value))
