"""What calls mean that the parser leaves as they are: macros with two variables, `sortBy`, functions with a prefix.

https://pkg.go.dev/github.com/google/cel-go/ext#TwoVarComprehensions
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gitopsgen.cel.cost.signatures import is_function
from gitopsgen.cel.tree import Call, Constant, Entries, Items, Loop, Name, Node, Select

_SUM: Final = "@result"
_SORTED: Final = "@sorted"


def unfolded(node: Node) -> Node:
    """Give a tree in which each call is one of a function."""
    match node:
        case Select():
            return Select(unfolded(node.operand), node.field, node.is_test)
        case Items():
            return Items(tuple(map(unfolded, node.items)))
        case Entries():
            return Entries(tuple(map(unfolded, node.items)))
        case Loop():
            parts = map(unfolded, (node.over, node.first, node.condition, node.step, node.result))
            over, first, condition, step, result = parts
            return Loop(node.variables, over, node.accumulated, first, condition, step, result)
        case Call():
            target = None if node.target is None else unfolded(node.target)
            return _call_of(Call(node.function, target, tuple(map(unfolded, node.arguments))))
    return node


def _call_of(call: Call) -> Node:
    if isinstance(call.target, Name) and is_function(f"{call.target.name}.{call.function}"):
        return Call(f"{call.target.name}.{call.function}", None, call.arguments)
    if call.target is None:
        return call
    match call.arguments:
        case [Name(variable), key] if call.function == "sortBy":
            return _sorted(call.target, variable, key)
        case [Name(first), Name(second), *rest] if (call.function, len(rest)) in _MACROS:
            condition, step, start, result = _MACROS[call.function, len(rest)](first, rest)
            return Loop((first, second), call.target, _SUM, start, condition, step, result)
    return call


Parts = tuple[Node, Node, Node, Node]


def _call(function: str, *arguments: Node) -> Call:
    return Call(function, None, arguments)


def _so_far() -> Name:
    return Name(_SUM)


def _all(_: str, rest: list[Node]) -> Parts:
    return _call("@not_strictly_false", _so_far()), _call("_&&_", _so_far(), rest[0]), Constant("bool", 1), _so_far()


def _exists(_: str, rest: list[Node]) -> Parts:
    goes_on = _call("@not_strictly_false", _call("!_", _so_far()))
    return goes_on, _call("_||_", _so_far(), rest[0]), Constant("bool", 0), _so_far()


def _exists_one(_: str, rest: list[Node]) -> Parts:
    step = _call("_?_:_", rest[0], _call("_+_", _so_far(), Constant("int", 1)), _so_far())
    return Constant("bool", 1), step, Constant("int", 0), _call("_==_", _so_far(), Constant("int", 1))


def _listed(_: str, rest: list[Node]) -> Parts:
    return Constant("bool", 1), _chosen(rest, _call("_+_", _so_far(), Items((rest[-1],)))), Items(), _so_far()


def _mapped(first: str, rest: list[Node]) -> Parts:
    step = _call("cel.@mapInsert", _so_far(), Name(first), rest[-1])
    return Constant("bool", 1), _chosen(rest, step), Entries(), _so_far()


def _merged(_: str, rest: list[Node]) -> Parts:
    return Constant("bool", 1), _chosen(rest, _call("cel.@mapInsert", _so_far(), rest[-1])), Entries(), _so_far()


def _chosen(rest: list[Node], step: Node) -> Node:
    return step if len(rest) == 1 else _call("_?_:_", rest[0], step, _so_far())


def _sorted(target: Node, variable: str, key: Node) -> Node:
    step = _call("_+_", _so_far(), Items((key,)))
    keys = Loop((variable,), Name(_SORTED), _SUM, Items(), Constant("bool", 1), step, _so_far())
    result = Call("@sortByAssociatedKeys", Name(_SORTED), (keys,))
    return Loop(("#unused",), Items(), _SORTED, target, Constant("bool", 0), Name(_SORTED), result)


_MACROS: Final[dict[tuple[str, int], Callable[[str, list[Node]], Parts]]] = {
    ("all", 1): _all,
    ("exists", 1): _exists,
    ("existsOne", 1): _exists_one,
    ("exists_one", 1): _exists_one,
    ("transformList", 1): _listed,
    ("transformList", 2): _listed,
    ("transformMap", 1): _mapped,
    ("transformMap", 2): _mapped,
    ("transformMapEntry", 1): _merged,
    ("transformMapEntry", 2): _merged,
}
