"""What comes of a violation: refused, warned about, or only noted.

https://open-policy-agent.github.io/gatekeeper/website/docs/enforcement-points
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

from gitopsgen.model.unchecked import mapping, sequence, text


class Weight(IntEnum):
    """How much a violation weighs."""

    NOTED = 1
    WARNED = 2
    REFUSED = 3


_ACTIONS: Final = {"": Weight.REFUSED, "deny": Weight.REFUSED, "warn": Weight.WARNED}
_WEBHOOK: Final = frozenset({"*", "validation.gatekeeper.sh"})


def action_of(action: str, scoped: Sequence[Any] = ()) -> Weight:
    """Give what an enforcement action means when an object is created; scoped ones count where they are for that."""
    if action != "scoped":
        return _ACTIONS.get(action, Weight.NOTED)
    here = [text(mapping(one).get("action")) for one in scoped if _WEBHOOK & set(_points(mapping(one)))]
    return max((_ACTIONS.get(one or "dryrun", Weight.NOTED) for one in here), default=Weight.NOTED)


def is_enforced_at(spec: Mapping[str, Any], point: str) -> bool:
    """Tell whether a constraint, given its `spec`, is asked at an enforcement point at all."""
    if spec.get("enforcementAction") != "scoped":
        return True
    points = [one for action in sequence(spec.get("scopedEnforcementActions")) for one in _points(mapping(action))]
    return bool({"*", point} & set(points))


def _points(action: Mapping[str, Any]) -> list[str]:
    return [text(mapping(one).get("name")) for one in sequence(action.get("enforcementPoints"))]
