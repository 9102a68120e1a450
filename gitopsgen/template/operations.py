"""What the operations of a template compute: members, filters, tests, operators, containers that are written out.

Each maker takes a node and gives a function of a variant's context. Context data is never changed, so a result may be
kept as long as the very same data comes back: most of what one city reads is shared by all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.filters import FILTERS, METERED
from gitopsgen.template.nodes import Context, Function, Node, dotted
from gitopsgen.template.operators import (
    BINARY,
    COMPARE,
    MAXIMUM_ITEMS,
    TESTS,
    UNARY,
    Undefined,
    bounded_join,
    defined,
    describe,
    lookup,
    text,
    truth,
)

if TYPE_CHECKING:
    from gitopsgen.template.expressions import Expressions

_NOTHING: Final = object()


def once(function: Function) -> Function:
    """Remember the last result while the same context asks: the items of a sorted list sort it once."""
    last: Any = None
    kept: Any = None

    def remembered(context: Context) -> Any:
        nonlocal last, kept
        if context is not last:
            kept = function(context)
            last = context
        return kept

    return remembered


def _container(expressions: Expressions, node: Node) -> Function:
    function = expressions.function(node)
    return function if node[0] in {"ref", "const"} else once(function)


def _item(expressions: Expressions, node: Node) -> Function:
    container, index = _container(expressions, node[1]), node[2]

    def get(context: Context) -> Any:
        value = container(context)
        return list(value)[index] if isinstance(value, Mapping) else value[index]

    return get


def _key_at(expressions: Expressions, node: Node) -> Function:
    container, index = _container(expressions, node[1]), node[2]
    return lambda context: list(container(context))[index]


def _value_at(expressions: Expressions, node: Node) -> Function:
    container, index = _container(expressions, node[1]), node[2]
    return lambda context: list(container(context).values())[index]


def _get(expressions: Expressions, node: Node) -> Function:
    container, key = _container(expressions, node[1]), expressions.function(node[2])
    shown = dotted(node[1][1]) if node[1][0] == "ref" else "…"

    def get(context: Context) -> Any:
        step = defined(key(context))
        return lookup(container(context), step, lambda: f"{shown}.{step}")

    return get


def _slice(expressions: Expressions, node: Node) -> Function:
    container, bounds = expressions.function(node[1]), expressions.many(node[2])
    meter = expressions.meter

    def get(context: Context) -> Any:
        value = defined(container(context))
        if not isinstance(value, list | tuple | str):
            raise TemplateError("wrong-operand", f"found {describe(value)} before '[:]', expected a list or string")
        limits = [bound(context) for bound in bounds]
        if any(not (limit is None or type(limit) is int) for limit in limits) or limits[2] == 0:
            raise TemplateError("wrong-operand", "found a slice whose bounds are not integers")
        meter.size(value)
        return value[slice(*limits)]

    return get


def _filter(expressions: Expressions, node: Node) -> Function:
    _, name, subject, arguments, named = node
    if name in {"default", "d"} and len(arguments) == 1 and not named:
        return _default(expressions, subject, arguments[0])
    apply, metered = FILTERS.get(name), METERED.get(name)
    if apply is None:
        assert metered is not None  # noqa: S101 - the evaluator lets no unknown name through
        apply = metered(expressions.meter)
    return _applied(expressions, node, apply)


def _default(expressions: Expressions, subject: Node, other: Node) -> Function:
    """`default`, whose argument counts only where it is needed."""
    value, instead = expressions.function(subject), expressions.function(other)

    def choose(context: Context) -> Any:
        found = value(context)
        return instead(context) if found.__class__ is Undefined else found

    return choose


def _test(expressions: Expressions, node: Node) -> Function:
    if node[1] in {"defined", "undefined"}:
        value, wanted = expressions.function(node[2]), node[1] == "defined"
        return lambda context: (value(context).__class__ is Undefined) is not wanted
    return _applied(expressions, node, TESTS[node[1]])


def _applied(expressions: Expressions, node: Node, apply: Callable[..., Any]) -> Function:
    _, name, subject, arguments, named = node
    value, positional = expressions.function(subject), expressions.many(arguments)
    keywords = [(key, expressions.function(one)) for key, one in named]
    is_fixed = all(one[0] == "const" for one in (*arguments, *(one for _, one in named)))
    size = expressions.meter.size
    last: Any = _NOTHING
    kept: Any = None

    def run(context: Context) -> Any:
        nonlocal last, kept
        taken = value(context)
        if taken is last:
            return kept
        given = [defined(one(context)) for one in positional]
        extra = {key: defined(one(context)) for key, one in keywords}
        size(taken)
        try:
            result = apply(taken, *given, **extra)
        except (TypeError, KeyError, AttributeError, ValueError, OverflowError):
            raise TemplateError("wrong-operand", f"'{name}' cannot take these arguments") from None
        size(result)
        if is_fixed:
            last, kept = taken, result
        return result

    return run


def _binary(expressions: Expressions, node: Node) -> Function:
    name: str = node[1]
    apply, left, right = BINARY[name], expressions.function(node[2]), expressions.function(node[3])
    size = expressions.meter.size

    def compute(context: Context) -> Any:
        try:
            result = apply(defined(left(context)), defined(right(context)))
        except ArithmeticError:
            raise TemplateError("wrong-operand", f"'{name}' has no result for these numbers") from None
        size(result)
        return result

    return compute


def _unary(expressions: Expressions, node: Node) -> Function:
    apply, value = UNARY[node[1]], expressions.function(node[2])
    return lambda context: apply(defined(value(context)))


def _compare(expressions: Expressions, node: Node) -> Function:
    first = expressions.function(node[1])
    others = [(COMPARE[operator], expressions.function(one)) for operator, one in node[2]]
    meter = expressions.meter

    def holds(context: Context) -> bool:
        left = defined(first(context))
        for compare, other in others:
            right = defined(other(context))
            if isinstance(right, list | dict):
                meter.whole(right)
            if not compare(left, right):
                return False
            left = right
        return True

    return holds


def _and(expressions: Expressions, node: Node) -> Function:
    left, right = expressions.function(node[1]), expressions.function(node[2])

    def both(context: Context) -> Any:
        value = left(context)
        return right(context) if truth(value) else value

    return both


def _or(expressions: Expressions, node: Node) -> Function:
    left, right = expressions.function(node[1]), expressions.function(node[2])

    def either(context: Context) -> Any:
        value = left(context)
        return value if truth(value) else right(context)

    return either


def _condition(expressions: Expressions, node: Node) -> Function:
    test, first, second = expressions.many(node[1:])
    return lambda context: first(context) if truth(test(context)) else second(context)


def _concat(expressions: Expressions, node: Node) -> Function:
    parts = expressions.many(node[1])
    size = expressions.meter.size

    def joined(context: Context) -> str:
        result = bounded_join("", [text(part(context)) for part in parts])
        size(result)
        return result

    return joined


def _list(expressions: Expressions, node: Node) -> Function:
    parts = expressions.many(node[1])
    return lambda context: [defined(part(context)) for part in parts]


def _dict(expressions: Expressions, node: Node) -> Function:
    pairs = [(expressions.function(key), expressions.function(value)) for key, value in node[1]]
    return lambda context: {text(key(context)): defined(value(context)) for key, value in pairs}


def _range(expressions: Expressions, node: Node) -> Function:
    bounds = expressions.many(node[1])
    size = expressions.meter.size

    def numbers(context: Context) -> list[int]:
        limits = [defined(bound(context)) for bound in bounds]
        if not 1 <= len(limits) <= 3 or any(type(limit) is not int for limit in limits) or limits[2:] == [0]:  # noqa: PLR2004 - as Python's
            raise TemplateError("wrong-operand", "'range' takes one to three integers, the third not 0")
        found = range(*limits)
        if found[MAXIMUM_ITEMS:]:
            raise TemplateError("too-much-work", f"found a range of more than {MAXIMUM_ITEMS} numbers")
        result = list(found)
        size(result)
        return result

    return numbers


OPERATIONS: Final[Mapping[str, Callable[[Expressions, Node], Function]]] = {
    "item": _item,
    "key at": _key_at,
    "value at": _value_at,
    "get": _get,
    "slice": _slice,
    "filter": _filter,
    "test": _test,
    "binary": _binary,
    "unary": _unary,
    "compare": _compare,
    "and": _and,
    "or": _or,
    "condition": _condition,
    "concat": _concat,
    "list": _list,
    "dict": _dict,
    "range": _range,
}
