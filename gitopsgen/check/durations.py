"""Durations as Istio and Kubernetes write them: `300ms`, `1m30s`.

Judges nothing.
"""

from __future__ import annotations

import re
from typing import Any, Final

_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)")
_MILLISECONDS: Final = {"h": 3_600_000.0, "m": 60_000.0, "s": 1000.0, "ms": 1.0, "us": 0.001, "ns": 0.000001}


def milliseconds(value: Any) -> float | None:
    """Give a duration in milliseconds, None where the text is none."""
    if not isinstance(value, str) or not value or _PART.sub("", value):
        return None
    return sum(float(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(value))
