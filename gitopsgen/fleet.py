"""Pure functions over the fleet: how far cities are from each other, and how a total is divided among them.

Knows plain facts of regions only; reads no files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heapreplace
from typing import Any, Final

_EARTH_KM: Final = 6371.0
_DETOUR: Final = 1.5  # fibre follows roads and rails, not great circles
_FIBRE_KM_PER_MS: Final = 200
_EQUIPMENT_MS: Final = 2  # routers and firewalls on both ends


@dataclass(frozen=True, slots=True)
class Link:
    """The way between two cities: great-circle distance, and the round trip to expect before anyone measures."""

    km: int
    round_trip_ms: float


def link(one: Mapping[str, Any], other: Mapping[str, Any]) -> Link:
    """Give the way between two places with `lat` and `lon` in degrees."""
    km = great_circle_km((one["lat"], one["lon"]), (other["lat"], other["lon"]))
    return Link(round(km), round(2 * km * _DETOUR / _FIBRE_KM_PER_MS + _EQUIPMENT_MS, 1))


def great_circle_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Give the distance of two points of latitude and longitude in degrees, by the haversine formula."""
    lat_one, lon_one = map(math.radians, one)
    lat_other, lon_other = map(math.radians, other)
    chord = (
        math.sin((lat_other - lat_one) / 2) ** 2
        + math.cos(lat_one) * math.cos(lat_other) * math.sin((lon_other - lon_one) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def peers(names: list[str], facts: Mapping[str, Mapping[str, Any]], region: str) -> list[dict[str, Any]]:
    """Give what templates see of the cities that take over for a region, in the order of preference.

    `near` counts them from 1. Those without coordinates are left out: the loader has reported them.
    """
    placed = [name for name in names if _is_placed(facts.get(name)) and _is_placed(facts[region])]
    return [_peer(name, near, facts[region], facts[name]) for near, name in enumerate(placed, start=1)]


def _is_placed(facts: Mapping[str, Any] | None) -> bool:
    return facts is not None and all(type(facts.get(name)) in (int, float) for name in ("lat", "lon"))


def _peer(name: str, near: int, own: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    way = link(own, facts)
    return {
        "name": name,
        "zh": facts.get("zh", name),
        "area": facts.get("area", ""),
        "km": way.km,
        "rttMs": way.round_trip_ms,
        "near": near,
    }


def divided(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide a total by weight: whole shares that sum to it exactly, none where nothing has a weight.

    One unit after another goes to the member with the highest `weight / (2 x share + 1)` (Sainte-Lague), of equals
    to the first by name. Unlike largest remainders it is monotone: no share shrinks when the total or its own
    weight grows, and one unit more changes one share.
    """
    shares = dict.fromkeys(weights, 0)
    claims = [(-Fraction(weight), name) for name, weight in weights.items() if weight > 0]
    heapify(claims)
    for _ in range(total if claims else 0):
        _, name = claims[0]
        shares[name] += 1
        heapreplace(claims, (-Fraction(weights[name], 2 * shares[name] + 1), name))
    return shares
