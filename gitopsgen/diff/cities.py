"""What a comparison has to know of the cities: their names, their neighbours, their waves.

Reads the facts of `region.yaml` from text, since an old revision is no project on disk. What cannot be read is left
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gitopsgen.source import read


@dataclass(frozen=True, slots=True)
class City:
    """The facts of a region that tell it from others; empty where nobody says."""

    name: str
    zh: str = ""
    area: str = ""
    tier: str = ""
    wave: int | None = None
    failover: tuple[str, ...] = ()


def cities_of(texts: Mapping[str, bytes]) -> dict[str, City]:
    """Give the cities by name, from the contents of each one's `region.yaml`."""
    return {name: _city(name, read(f"{name}/region.yaml", text).value.data) for name, text in texts.items()}


def _city(name: str, data: Any) -> City:
    found = data.get("facts") if isinstance(data, dict) else None
    facts: dict[str, Any] = found if isinstance(found, dict) else {}
    words = {key: value for key in ("zh", "area", "tier") if isinstance(value := facts.get(key), str)}
    wave, failover = facts.get("wave"), facts.get("failover")
    peers = tuple(peer for peer in failover if isinstance(peer, str)) if isinstance(failover, list) else ()
    return City(name, **words, wave=wave if type(wave) is int else None, failover=peers)
