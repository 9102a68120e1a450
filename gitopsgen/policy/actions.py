"""What comes of a violation: refused, warned about, or only noted.

https://open-policy-agent.github.io/gatekeeper/website/docs/enforcement-points
"""

from __future__ import annotations

from collections.abc import Sequence
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
    here = [text(mapping(one).get("action")) for one in scoped if _is_here(mapping(one).get("enforcementPoints"))]
    return max((_ACTIONS.get(one or "dryrun", Weight.NOTED) for one in here), default=Weight.NOTED)


def _is_here(points: Any) -> bool:
    return any(text(mapping(one).get("name")) in _WEBHOOK for one in sequence(points))
