"""How many pods more than usual a rollout runs.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from gitopsgen.model.unchecked import mapping


def surge(strategy: Mapping[str, Any], replicas: int) -> int:
    """Give how many pods a Deployment's strategy adds to its replicas."""
    if strategy.get("type") == "Recreate":
        return 0
    most = mapping(strategy.get("rollingUpdate")).get("maxSurge", "25%")
    if isinstance(most, str) and most.endswith("%") and most[:-1].isdigit():
        return ceil(Fraction(int(most[:-1]) * replicas, 100))
    return most if isinstance(most, int) else 0
