"""The same as API servers before Kubernetes 1.33 reckon: they know less of what is in lists that an expression makes.

https://github.com/google/cel-go/blob/v0.22.0/checker/cost.go
"""

from __future__ import annotations

from gitopsgen.cel.cost.estimate import Estimate
from gitopsgen.cel.cost.inference import Inference, UnknownTypeError
from gitopsgen.cel.cost.measure import Measure, Operand, written
from gitopsgen.cel.cost.shapes import is_scalar
from gitopsgen.cel.cost.sizes import UNKNOWN, Size, Steps, capped, exactly, onwards
from gitopsgen.cel.tree import Call, Loop, Name, Node

_ACCUMULATED = "@result"


class EarlierEstimate(Estimate):
    """The reckoning of one expression."""

    def __init__(self, inference: Inference, measure: Measure, minor: int) -> None:
        """Take the same, and remember through which lists and maps macros go."""
        super().__init__(inference, measure, minor)
        self._over: dict[str, list[Node]] = {}

    def name(self, node: Name) -> int:
        """Give what a name costs, and keep the way to it."""
        over = self._over.get(node.name)
        if not over:
            self.steps[node] = Steps.begin(node.name)
            return 1
        step = {"list": "@items", "map": "@keys"}.get(self.types[over[-1]].sort)
        if step is not None:
            self.steps[node] = onwards(self.steps.get(over[-1]), step)
        return 1

    def loop(self, node: Loop) -> int:
        """Give what a macro costs that goes through a list or map, or binds a name."""
        if len(node.variables) > 1:
            raise UnknownTypeError  # these servers have no such macros
        total = self.cost(node.over) + self.cost(node.first)
        over = self._over.setdefault(node.variables[0], [])
        over.append(node.over)
        each = capped(self.cost(node.condition) + self.cost(node.step))
        over.pop()
        total += self.cost(node.result)
        count = self.known(self.operand(node.over))
        self.sizes[node] = count
        return capped(total + capped(count.most * each))

    def way(self, node: Node) -> Steps | None:
        """Give the way to a value."""
        return self.steps.get(node)

    def operand(self, node: Node) -> Operand:
        """Give what a function is given, whose size is looked up only when it is asked for."""
        steps = self.steps.get(node)
        if steps is not None and steps.names()[0] == _ACCUMULATED:
            steps = None
        return Operand(node, self.types[node], steps, self.sizes.get(node) or written(node))

    def known(self, operand: Operand) -> Size:
        """Give the size of an operand for operators and functions of the language itself."""
        found = operand.size or self.measure.at(operand.steps)
        is_one = found is None and is_scalar(operand.shape, looks_into_optionals=False)
        return exactly(1) if is_one else found or UNKNOWN

    def size(self, _: Node) -> Size | None:
        """Give nothing: what is in a list that is written out is not looked at."""
        return None

    def kept(self, node: Call, variant: str, size: Size | None) -> Size | None:
        """Give the size of what a call gives, as far as it is known by now."""
        if variant in {"index_list", "index_map"}:
            self.step_into(node, variant)
        return size

    def unwrapped(self, _: Call) -> int | None:
        """Give nothing: `dyn` is a function as others."""
        return None
