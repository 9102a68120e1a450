"""What an expression costs at worst, reckoned part by part as API servers do from Kubernetes 1.33 on.

https://github.com/google/cel-go/blob/master/checker/cost.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from gitopsgen.cel.cost.calls import LIST, MAP, Reckoned, Site, reckoned
from gitopsgen.cel.cost.inference import Inference
from gitopsgen.cel.cost.measure import Measure, Operand, written
from gitopsgen.cel.cost.operators import ADDED, of_language
from gitopsgen.cel.cost.shapes import is_scalar
from gitopsgen.cel.cost.sizes import UNKNOWN, Size, Steps, capped, exactly, onwards
from gitopsgen.cel.tree import Call, Constant, Entries, Items, Loop, Name, Node, Select

_FIELDED: Final = frozenset({"map", "object"})


class Inside(NamedTuple):
    """How large the keys (or places) and values of a list or map are."""

    is_list: bool
    key: Size
    value: Size


class Local(NamedTuple):
    """What a macro binds: the way to it, its size, and that of what is in it."""

    steps: Steps | None
    size: Size | None
    inside: Inside | None


class Estimate:
    """The reckoning of one expression."""

    def __init__(self, inference: Inference, measure: Measure, minor: int) -> None:
        """Take the types of its parts, the sizes of values, and the release of the server that reckons."""
        self.types = inference.types
        self.variants = inference.variants
        self.measure = measure
        self.minor = minor
        self.steps: dict[Node, Steps] = {}
        self.sizes: dict[Node, Size] = {}
        self.insides: dict[Node, Inside] = {}
        self.locals: dict[str, list[Local]] = {}

    def cost(self, node: Node) -> int:
        """Give what a part of the expression costs at most."""
        match node:
            case Constant():
                cost = 0
            case Name():
                cost = self.name(node)
            case Select():
                cost = self._select(node)
            case Call():
                cost = self._call(node)
            case Items():
                cost = self._items(node)
            case Entries():
                cost = self._entries(node)
            case Loop():
                cost = self.loop(node)
        return cost

    def name(self, node: Name) -> int:
        """Give what a name costs, and keep the way to it."""
        local = self.local(node)
        if local is None:
            self.steps[node] = Steps.begin(node.name)
        elif local.steps is not None:
            self.steps[node] = local.steps
        return 1

    def loop(self, node: Loop) -> int:
        """Give what a macro costs that goes through a list or map, or binds a name."""
        total = self.cost(node.over) + self.cost(node.first)
        accumulated = Local(self.way(node.first), self.size(node.first), self.inside(node.first))
        if _is_binding(node):
            with_name = {node.accumulated: accumulated}
            self._push(with_name)
            total += self.cost(node.result)
            self._pop(with_name)
            self._copy(node, node.result)
            return capped(total)
        self._push({node.accumulated: accumulated})
        members = dict(zip(node.variables, self._members(node), strict=True))
        self._push(members)
        each = capped(self.cost(node.condition) + self.cost(node.step))
        self._pop(members)
        total += self.cost(node.result)
        self._pop({node.accumulated: accumulated})
        count = self.size(node.over) or UNKNOWN
        self._keep_result(node, count)
        return capped(total + capped(count.most * each))

    def operand(self, node: Node) -> Operand:
        """Give what a function is given, as it is now."""
        return Operand(node, self.types[node], self.way(node), self.size(node))

    def known(self, operand: Operand) -> Size:
        """Give the size of an operand for operators and functions of the language itself."""
        return operand.size or UNKNOWN

    def way(self, node: Node) -> Steps | None:
        """Give the way to a value."""
        local = self.local(node)
        return self.steps.get(node) if local is None else local.steps

    def local(self, node: Node) -> Local | None:
        """Give what a name stands for where a macro binds it."""
        bound = self.locals.get(node.name) if isinstance(node, Name) else None
        return bound[-1] if bound else None

    def size(self, node: Node) -> Size | None:
        """Give the size of a value, None where nothing is known of it."""
        size = self.sizes.get(node) or written(node)
        if size is not None:
            return size
        size = self.measure.at(self.way(node))
        if size is not None:
            self.sizes[node] = size
            return size
        if is_scalar(self.types[node], looks_into_optionals=True):
            return exactly(1)
        local = self.local(node)
        return local.size if local else None

    def inside(self, node: Node) -> Inside | None:
        """Give the sizes of what is in a value."""
        local = self.local(node)
        return self.insides.get(node) or (local.inside if local else None)

    def step_into(self, node: Call, variant: str) -> Size | None:
        """Keep the way to a member that is taken by an index; give its size if the list or map tells."""
        inside = self.inside(node.arguments[0])
        self.steps[node] = onwards(self.way(node.arguments[0]), "@items" if variant == "index_list" else "@values")
        return inside.value if inside else None

    def unwrapped(self, node: Call) -> int | None:
        """Give what `dyn` costs, None of other calls."""
        if node.function != "dyn":
            return None
        cost = self.cost(node.arguments[0])
        self._copy(node, node.arguments[0])
        return capped(cost + 1)

    def _select(self, node: Select) -> int:
        cost = self.cost(node.operand)
        if node.is_test:
            return cost
        self.steps[node] = onwards(self.way(node.operand), node.field)
        return capped(cost + (self.types[node.operand].sort in _FIELDED))

    def _items(self, node: Items) -> int:
        costs = [(self.cost(one), self.size(one) or UNKNOWN) for one in node.items]
        self.insides[node] = Inside(is_list=True, key=exactly(1), value=_either([size for _, size in costs]))
        return capped(sum(cost for cost, _ in costs) + LIST)

    def _entries(self, node: Entries) -> int:
        costs = [self.cost(one) for one in node.items]
        sizes = [self.size(one) or UNKNOWN for one in node.items]
        self.insides[node] = Inside(is_list=False, key=_either(sizes[::2]), value=_either(sizes[1::2]))
        return capped(sum(costs) + MAP)

    def _call(self, node: Call) -> int:
        unwrapped = self.unwrapped(node)
        if unwrapped is not None:
            return unwrapped
        costs: list[int] = []
        given: list[Operand] = []
        for one in node.arguments:
            costs.append(self.cost(one))
            given.append(self.operand(one))
        of_target = self.cost(node.target) if node.target else 0
        target = [self.operand(node.target)] if node.target else []
        dearest, size = 0, None
        for variant in self.variants[node]:
            cost, result = self._variant(node, variant, (*target, *given), costs)
            dearest = max(dearest, cost)
            size = result if size is None else size.either(result or size)
            size = self.kept(node, variant, size)
        if size is not None:
            self.sizes[node] = size
        return capped(of_target + dearest)

    def kept(self, node: Call, variant: str, size: Size | None) -> Size | None:
        """Give the size of what a call gives, as far as it is known by now."""
        if variant in {"index_list", "index_map"}:
            size = self.step_into(node, variant)
        return self.size(node) if size is None else size

    def _variant(self, node: Call, variant: str, given: Sequence[Operand], costs: Sequence[int]) -> Reckoned:
        found = reckoned(Site(node.function, variant, given, self.measure, self.minor))
        if found is None and variant == "logical":
            return capped(costs[0] + costs[1]), None
        if found is None and variant == "conditional":
            self._keep_either(node, node.arguments[1:])
            size = self.known(given[1]).either(self.known(given[2]))
            return capped(costs[0] + max(costs[1:])), size
        if found is None:
            found = of_language(variant, [self.known(one) for one in given])
            if variant in ADDED:
                self._keep_either(node, node.arguments)
        return capped(found[0] + sum(costs)), found[1]

    def _members(self, node: Loop) -> list[Local]:
        inside, way = self.inside(node.over), self.way(node.over)
        is_list = inside.is_list if inside else self.types[node.over].sort == "list"
        key = Local(onwards(way, "@indices" if is_list else "@keys"), inside.key if inside else None, None)
        if len(node.variables) == 1 and not is_list:
            return [key]
        value = Local(onwards(way, "@items" if is_list else "@values"), inside.value if inside else None, None)
        return [value] if len(node.variables) == 1 else [key, value]

    def _keep_result(self, node: Loop, count: Size) -> None:
        if isinstance(node.first, Constant):
            size = self.size(node.first)
            if size is not None:
                self.sizes[node] = size
        elif isinstance(node.first, Items | Entries):
            self.sizes[node] = count
            inside = self.inside(node.step)
            if inside is not None:
                self.insides[node] = inside

    def _keep_either(self, node: Node, parts: Sequence[Node]) -> None:
        one, other = (self.inside(part) for part in parts)
        if one and other:
            self.insides[node] = Inside(one.is_list, one.key.either(other.key), one.value.either(other.value))

    def _copy(self, node: Node, source: Node) -> None:
        size, inside = self.size(source), self.inside(source)
        if size is not None:
            self.sizes[node] = size
        if inside is not None:
            self.insides[node] = inside

    def _push(self, bound: Mapping[str, Local]) -> None:
        for name, local in bound.items():
            self.locals.setdefault(name, []).append(local)

    def _pop(self, bound: Mapping[str, Local]) -> None:
        for name in bound:
            self.locals[name].pop()


def _either(sizes: Sequence[Size]) -> Size:
    return Size(min((one.least for one in sizes), default=0), max((one.most for one in sizes), default=0))


def _is_binding(node: Loop) -> bool:
    is_empty = isinstance(node.over, Items) and not node.over.items
    return is_empty and isinstance(node.condition, Constant) and not node.condition.value
