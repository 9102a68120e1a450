"""From the text of an expression to its cost.

Says nothing of expressions that it cannot read to the end: that they are wrong is for others to tell.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from gitopsgen.cel.cost.earlier import EarlierEstimate
from gitopsgen.cel.cost.estimate import Estimate
from gitopsgen.cel.cost.inference import Inference, UnknownTypeError
from gitopsgen.cel.cost.measure import Measure
from gitopsgen.cel.cost.shapes import Shape, of
from gitopsgen.cel.cost.unfolding import unfolded
from gitopsgen.cel.tree import UnreadableError, tree

_LOOKS_INSIDE: Final = 33  # the first release that keeps sizes of what is in lists


class Reckoning(NamedTuple):
    """What an expression costs at most, and the parts of the schema without a bound that it looks at."""

    cost: int
    endless: tuple[Shape, ...]


def reckon(
    expression: str,
    value: Shape,
    minor: int,
    *,
    has_optional_old: bool = False,
    bounded: frozenset[Shape] = frozenset(),
) -> Reckoning | None:
    """Give the cost of an expression about `self` (and `oldSelf`), None where it cannot be told.

    `minor` is the release of Kubernetes, 35 of 1.35; `bounded` are parts that are held for as small as can be.
    """
    old = of("optional", value) if has_optional_old else value
    measure = Measure(value, bounded)
    try:
        whole = unfolded(tree(expression))
        inference = Inference(whole, {"self": value, "oldSelf": old})
        estimate = (Estimate if minor >= _LOOKS_INSIDE else EarlierEstimate)(inference, measure, minor)
        cost = estimate.cost(whole)
    except (UnknownTypeError, UnreadableError, RecursionError):
        return None
    return Reckoning(cost, tuple(measure.endless))
