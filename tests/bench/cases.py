"""The invented cases: what each one's blueprint says, and what a city sets of its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.bench.cities import City

IMAGE_DIGEST = "sha256:" + "5f0c" * 16


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `number` chooses its ports and addresses."""

    number: int
    name: str
    title: str

    @property
    def repository(self) -> str:
        """The repository of its image."""
        return f"finance/{self.name}"

    @property
    def tag(self) -> str:
        """The tag of its image."""
        return f"2.{self.number}.1"


CASES = tuple(
    Case(number, name, title)
    for number, (name, title) in enumerate(
        {
            "payments": "Payment gateway",
            "matching": "Securities matching",
            "risk": "Risk engine",
            "ledger": "Bank ledger",
            "quotes": "Market data",
        }.items()
    )
)


def defaults(case: Case) -> dict[str, Any]:
    """Give the default values of a case; what each city sets is only named here by its absence."""
    return {
        "name": case.name,
        "image": {"repository": case.repository, "tag": case.tag},
        "port": 8080 + case.number,
        "adminPort": 9100 + case.number,
        "podSecurity": "restricted",
        "leaderElection": case.number % 2 == 0,
        "canary": False,
        "timeout": f"{3 + case.number}s",
        "connections": 200 + 50 * case.number,
        "terminationSeconds": 45,
        "probeSeconds": 5,
        "scratch": "64Mi",
        "priority": {"name": "regular", "value": 10000 + 100 * case.number},
        "scaling": {"min": 2, "max": 6, "cpu": 70},
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "1500m", "memory": "512Mi"}},
        "quota": {"requests.cpu": "12", "requests.memory": "12Gi", "limits.cpu": "72", "limits.memory": "24Gi"},
        "objectives": {"seconds": 0.25, "errors": 0.001},
        "reconcile": {"minute": 10 + case.number, "window": "24h"},
        "settings": {
            "LOG_LEVEL": "info",
            "LOG_FORMAT": "json",
            "WORKERS": "4",
            "QUEUE": f"{case.name}-orders",
            "IDLE_TIMEOUT": "75s",
            "FEATURE_BATCHING": "true",
        },
        "network": {"core": "10.250.0.0/16"},
    }


def of_tier(tier: str) -> dict[str, Any]:
    """Give what a tier sets of every case's values."""
    if tier == "core":
        return {"scaling": {"min": 4, "max": 24}, "canary": True, "settings": {"WORKERS": "16"}}
    if tier == "edge-large":
        return {"scaling": {"min": 3, "max": 12}, "settings": {"WORKERS": "8"}}
    return {"probeSeconds": 10}


def of_city(case: Case, city: City) -> dict[str, Any]:
    """Give what a city sets of a case's values."""
    return {
        "host": f"{case.name}.{city.name}.example.com",
        "network": {
            "pods": _range(32 + case.number, city.number, 24),
            "branches": _range(64 + case.number, city.number, 24),
            "guests": _range(64 + case.number, city.number, 28),
            "peers": [
                {"name": name, "cidr": _range(32 + case.number, peer, 24)}
                for name, peer in zip(city.failover, city.peers, strict=True)
            ],
        },
    }


def of_some_cities(city: City) -> dict[str, Any]:
    """Give what a city sets in a file of its own for the case; empty for four in five cities."""
    if city.number % 5:
        return {}
    return {"scaling": {"max": 30 + city.number % 7}, "settings": {"LOG_LEVEL": "debug"}}


def _range(first: int, number: int, bits: int) -> str:
    # 250 cities fill a second part; the parts of two cases stay apart up to 2,000 cities.
    return f"10.{first + 8 * (number // 250)}.{number % 250}.0/{bits}"
