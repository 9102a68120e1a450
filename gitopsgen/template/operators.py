"""What operators, tests and text conversion mean: pure functions of plain values, with their cost bounded.

Knows nothing of references or templates; semantics are Jinja's, narrowed where Jinja is lenient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from gitopsgen.template.errors import TemplateError

MAXIMUM_TEXT: Final = 2 * 1024 * 1024
MAXIMUM_ITEMS: Final = 100_000
MAXIMUM_BITS: Final = 4096

OMIT: Final = ...
"""The value that removes its key or list item; `marshal` can carry it."""


_NAMES: Final = (
    (bool, "a boolean"), (int, "an integer"), (float, "a number"), (str, "a string"), (Mapping, "a mapping")
)  # fmt: skip


class Undefined:
    """A value that is not there; `message` says which, and where it was looked for.

    Most are met by `default` or `is defined`: the words are only put together when someone asks.
    """

    __slots__ = ("_message", "path")

    def __init__(self, message: str | Callable[[], str], path: tuple[Any, ...] = ()) -> None:
        """Say what is missing."""
        self._message = message
        self.path = path

    @property
    def message(self) -> str:
        """What is missing, in words."""
        return self._message if isinstance(self._message, str) else self._message()


def defined(value: Any) -> Any:
    """Give the value back; raises `TemplateError` where there is none."""
    if value.__class__ is Undefined:
        raise TemplateError("undefined-variable", value.message)
    return value


def lookup(value: Any, key: Any, shown: Callable[[], str], path: tuple[Any, ...] = ()) -> Any:
    """Give a member of plain data, `Undefined` where there is none; never an attribute of a Python object."""
    if isinstance(value, Undefined):
        raise TemplateError("undefined-variable", value.message)
    if isinstance(value, Mapping) and isinstance(key, str):
        return value[key] if key in value else Undefined(lambda: f"'{shown()}' is not defined", path)
    if isinstance(value, list | tuple) and isinstance(key, int) and not isinstance(key, bool):
        is_there = -len(value) <= key < len(value)
        return value[key] if is_there else Undefined(lambda: f"'{shown()}' is not defined", path)
    found = describe(value)
    return Undefined(lambda: f"'{shown()}' is not defined: {found} has no member {key!r}", path)


def text(value: Any) -> str:
    """Give a scalar as text: one meaning for interpolation, `~`, `join` and `string`."""
    if value.__class__ is str or isinstance(value, str):
        text: str = value
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    found = describe(defined(value))
    raise TemplateError("unprintable-value", f"found {found} inside text, expected a string, number or boolean")


def describe(value: Any) -> str:
    """Name the type of a value in the words of YAML."""
    if value is None:
        return "null"
    if value is OMIT:
        return "'omit'"
    return next((name for kind, name in _NAMES if isinstance(value, kind)), "a list")


def truth(value: Any) -> bool:
    """Tell whether a condition holds, by Python's and Jinja's rule."""
    if value.__class__ is bool:
        held: bool = value
        return held
    if value is OMIT:
        raise TemplateError("misplaced-omit", "found 'omit' in a condition, expected a value")
    return bool(defined(value))


def _number(value: Any, operator: str) -> int | float:
    if isinstance(defined(value), bool) or not isinstance(value, int | float):
        raise TemplateError("wrong-operand", f"found {describe(value)} beside '{operator}', expected a number")
    return value


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def add(left: Any, right: Any) -> Any:
    """Add numbers, join strings, or join lists."""
    if isinstance(left, str) and isinstance(right, str):
        return bounded_text(left + right)
    if _is_list(left) and _is_list(right):
        return bounded_list([*left, *right])
    return bounded_number(_number(left, "+") + _number(right, "+"))


def multiply(left: Any, right: Any) -> Any:
    """Multiply numbers, or repeat a string or list."""
    if isinstance(left, str | list | tuple):
        count = _number(right, "*")
        if not isinstance(count, int) or len(left) * max(count, 0) > MAXIMUM_ITEMS:
            raise TemplateError("too-much-work", f"repeating {describe(left)} {count} times is more than is allowed")
        return left * count if isinstance(left, str) else list(left) * count
    return bounded_number(_number(left, "*") * _number(right, "*"))


def power(left: Any, right: Any) -> Any:
    """Raise a number to a power that stays small."""
    base, exponent = _number(left, "**"), _number(right, "**")
    bits = base.bit_length() if isinstance(base, int) else 64
    if abs(exponent) * max(bits, 1) > MAXIMUM_BITS:
        raise TemplateError("too-much-work", "found a power that is larger than is allowed")
    return bounded_number(base**exponent)


def divide(left: Any, right: Any, operator: str) -> Any:
    """Divide in one of three ways; raises `TemplateError` for a zero divisor."""
    dividend, divisor = _number(left, operator), _number(right, operator)
    if divisor == 0:
        raise TemplateError("wrong-operand", f"found 0 to the right of '{operator}', expected another number")
    if operator == "/":
        return dividend / divisor
    return dividend // divisor if operator == "//" else dividend % divisor


def bounded_text(value: str) -> str:
    """Give the text back unless it is too long."""
    if len(value) > MAXIMUM_TEXT:
        raise TemplateError("too-much-work", f"found a text of {len(value)} characters, allowed are {MAXIMUM_TEXT}")
    return value


def bounded_join(separator: str, parts: list[str]) -> str:
    """Join texts unless they would be too long together."""
    if len(parts) * len(separator) + sum(map(len, parts)) > MAXIMUM_TEXT:
        raise TemplateError("too-much-work", f"found a text of more than {MAXIMUM_TEXT} characters")
    return separator.join(parts)


def bounded_list(value: list[Any]) -> list[Any]:
    """Give the list back unless it is too long."""
    if len(value) > MAXIMUM_ITEMS:
        raise TemplateError("too-much-work", f"found a list of {len(value)} items, allowed are {MAXIMUM_ITEMS}")
    return value


def bounded_number(value: Any) -> Any:
    """Give the number back unless it is too large to handle, or no real number."""
    if isinstance(value, complex) or (isinstance(value, int) and value.bit_length() > MAXIMUM_BITS):
        raise TemplateError("too-much-work", "found a number that is larger than is allowed")
    return value


BINARY: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": add,
    "-": lambda left, right: bounded_number(_number(left, "-") - _number(right, "-")),
    "*": multiply,
    "/": lambda left, right: divide(left, right, "/"),
    "//": lambda left, right: divide(left, right, "//"),
    "%": lambda left, right: divide(left, right, "%"),
    "**": power,
}


def _order(left: Any, right: Any, operator: str) -> tuple[Any, Any]:
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    if _is_list(left) and _is_list(right):
        return list(left), list(right)
    comparable = all(isinstance(one, int | float) for one in (defined(left), defined(right)))
    if not comparable:
        found = f"{describe(left)} and {describe(right)}"
        raise TemplateError("wrong-operand", f"found {found} on the sides of '{operator}', expected two of one kind")
    return left, right


def contains(item: Any, container: Any) -> bool:
    """Tell whether a list has an item, a mapping a key, or a string a part."""
    if isinstance(defined(container), str):
        return text(item) in container
    if isinstance(container, Mapping) or _is_list(container):
        return any(same(item, one) for one in container)
    raise TemplateError("wrong-operand", f"found {describe(container)} behind 'in', expected a list, mapping or string")


def same(left: Any, right: Any) -> bool:
    """Compare as Jinja and Python do."""
    return bool(defined(left) == defined(right))


def _less(left: Any, right: Any) -> bool:
    first, second = _order(left, right, "<")
    try:
        return bool(first < second)
    except TypeError:
        raise TemplateError("wrong-operand", "found lists whose items cannot be ordered") from None


COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": same,
    "ne": lambda left, right: not same(left, right),
    "lt": _less,
    "gt": lambda left, right: _less(right, left),
    "lteq": lambda left, right: same(left, right) or _less(left, right),
    "gteq": lambda left, right: same(left, right) or _less(right, left),
    "in": contains,
    "notin": lambda left, right: not contains(left, right),
}

UNARY: Final[Mapping[str, Callable[[Any], Any]]] = {
    "not": lambda value: not truth(value),
    "neg": lambda value: -_number(value, "-"),
    "pos": lambda value: +_number(value, "+"),
}


def _type_test(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(defined(value), kinds)


def _whole(value: Any) -> int:
    number = _number(value, "is")
    if isinstance(number, float):
        raise TemplateError("wrong-operand", "found a number with a fraction, expected an integer")
    return number


TESTS: Final[Mapping[str, Callable[..., bool]]] = {
    "none": lambda value: defined(value) is None,
    "string": _type_test(str),
    "number": _type_test(int, float),
    "integer": lambda value: isinstance(defined(value), int) and not isinstance(value, bool),
    "float": _type_test(float),
    "boolean": _type_test(bool),
    "true": lambda value: defined(value) is True,
    "false": lambda value: defined(value) is False,
    "mapping": _type_test(Mapping),
    "sequence": _type_test(list, tuple, str, Mapping),
    "iterable": _type_test(list, tuple, str, Mapping),
    "divisibleby": lambda value, by: divide(_whole(value), by, "%") == 0,
    "odd": lambda value: _whole(value) % 2 == 1,
    "even": lambda value: _whole(value) % 2 == 0,
    "lower": lambda value: text(value).islower(),
    "upper": lambda value: text(value).isupper(),
    **{name: COMPARE[name] for name in ("eq", "ne", "lt", "gt", "in")},
    "equalto": same,
    "==": same,
    "!=": COMPARE["ne"],
    "<": COMPARE["lt"],
    ">": COMPARE["gt"],
    "<=": COMPARE["lteq"],
    ">=": COMPARE["gteq"],
    "le": COMPARE["lteq"],
    "ge": COMPARE["gteq"],
    "lessthan": COMPARE["lt"],
    "greaterthan": COMPARE["gt"],
}
