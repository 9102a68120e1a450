"""The filters of templates by name, and those of text among them: pure functions of plain values.

Names and meaning are Jinja's where Jinja has them; what Jinja leaves open is narrowed to one meaning.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Final

from gitopsgen.emit import emit
from gitopsgen.template import lists
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.meter import Meter, measure
from gitopsgen.template.operators import (
    MAXIMUM_TEXT,
    TESTS,
    Undefined,
    bounded_list,
    bounded_text,
    contains,
    defined,
    describe,
    text,
    truth,
)
from gitopsgen.template.quantities import mebi, milli
from gitopsgen.template.toml import to_toml

_WIDEST: Final = 200
_WIDEST_JSON: Final = 8
_LARGEST_PRETTY_JSON: Final = 50_000
_MOST_DIGITS: Final = 20
_CALL: Final = 5  # what a test or a filter costs that is called for an item, as against taking an item


def default(value: Any, other: Any = "", boolean: Any = False) -> Any:  # noqa: FBT002 - Jinja's signature
    """Give `other` where the value is undefined (or, with `boolean`, false)."""
    if isinstance(value, Undefined) or (truth(boolean) and not truth(value)):
        return other
    return value


def replace(value: Any, old: Any, new: Any, count: Any = -1) -> str:
    """Replace a part of a text."""
    taken, part = text(value), text(old)
    if len(taken) + taken.count(part) * len(text(new)) > MAXIMUM_TEXT:
        raise TemplateError("too-much-work", "the text would grow larger than is allowed")
    return taken.replace(part, text(new), -1 if count is None else count)


def _convert(value: Any, kind: Callable[[Any], Any], name: str) -> Any:
    if isinstance(defined(value), str | int | float):
        try:
            return kind(value)
        except (ValueError, OverflowError):
            pass
    shown = repr(value[:40]) if isinstance(value, str) else describe(value)
    raise TemplateError("wrong-operand", f"found {shown}, expected text of {name}")


def round_(value: Any, precision: Any = 0, method: str = "common") -> float:
    """Round a number: `common`, `ceil` or `floor`."""
    number = _convert(value, float, "a number")
    if type(precision) is not int or not 0 <= precision <= _MOST_DIGITS or method not in {"common", "ceil", "floor"}:
        message = f"'round' takes 0 to {_MOST_DIGITS} digits and 'common', 'ceil' or 'floor'"
        raise TemplateError("wrong-operand", message)
    if method == "common":
        return float(round(number, precision))
    scaled = number * 10**precision
    whole = -(-scaled // 1) if method == "ceil" else scaled // 1
    return float(whole / 10**precision)


def title(value: Any) -> str:
    """Begin each word with a capital letter, the rest small."""
    words = re.split(r"([-\s({\[<]+)", text(value))
    return "".join(word[0].upper() + word[1:].lower() for word in words if word)


def split(value: Any, separator: Any = None, count: int = -1) -> list[str]:
    """Cut a text into a list."""
    return bounded_list(text(value).split(None if separator is None else text(separator), count))


def indent(value: Any, width: Any = 4, first: Any = False, blank: Any = False) -> str:  # noqa: FBT002 - Jinja's signature
    """Indent all lines but the first (`first` too if asked), blank ones only if asked."""
    margin = indentation(width)
    lines = text(value).split("\n")
    if len(text(value)) + len(lines) * len(margin) > MAXIMUM_TEXT:
        raise TemplateError("too-much-work", "the text would grow larger than is allowed")
    rest = [margin + line if line or truth(blank) else line for line in lines[1:]]
    return "\n".join([(margin if truth(first) else "") + lines[0], *rest])


def indentation(width: Any) -> str:
    """Give the margin that `indent` puts before a line."""
    if isinstance(width, str) and len(width) <= _WIDEST:
        return width
    if isinstance(width, bool) or not isinstance(width, int) or not 0 <= width <= _WIDEST:
        shown = repr(width)[:40] if isinstance(width, int) else describe(width)
        raise TemplateError("too-much-work", f"found an indentation of {shown}, allowed are 0 to {_WIDEST}")
    return " " * width


def to_json(value: Any, indent: Any = None) -> str:
    """Give JSON text, keys in the order in which they stand."""
    if indent is not None:
        is_number = isinstance(indent, int) and not isinstance(indent, bool)
        if not is_number or not 0 <= indent <= _WIDEST_JSON or measure(value) > _LARGEST_PRETTY_JSON:
            message = f"'indent' of JSON may be 0 to {_WIDEST_JSON}, for values of at most {_LARGEST_PRETTY_JSON} parts"
            raise TemplateError("too-much-work", message)
    try:
        return bounded_text(json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False))
    except (TypeError, ValueError):
        raise TemplateError("unprintable-value", "found a value that JSON cannot carry") from None


def checksum(value: Any) -> str:
    """Give the SHA-256 of the data, in hexadecimal; equal data gives an equal sum."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def whole(apply: Callable[..., Any]) -> Callable[[Meter], Callable[..., Any]]:
    """Count all that is inside a value before a filter goes through it."""

    def make(meter: Meter) -> Callable[..., Any]:
        def run(value: Any, *args: Any, **named: Any) -> Any:
            meter.whole(defined(value), times=8)
            return apply(value, *args, **named)

        return run

    return make


def map_(meter: Meter) -> Callable[..., list[Any]]:
    """Make `map`: one member, or one filter, of each item."""

    def run(value: Any, name: Any = None, *args: Any, attribute: Any = None, default: Any = None) -> list[Any]:
        if attribute is not None:
            return lists.attributes(value, attribute, default)
        if not isinstance(name, str) or (name not in FILTERS and name not in METERED):
            raise TemplateError("unknown-filter", f"no filter named '{str(name)[:40]}'")
        apply = FILTERS.get(name) or METERED[name](meter)
        made: list[Any] = []
        items = lists.members(value)
        meter.spend(_CALL * len(items))
        for item in items:
            made.append(defined(apply(item, *args)))
            meter.size(item)
            meter.size(made[-1])
        return made

    return run


def keep(*, wanted: bool, by_attribute: bool) -> Callable[[Meter], Callable[..., list[Any]]]:
    """Make `select`, `reject`, `selectattr` or `rejectattr`."""

    def make(meter: Meter) -> Callable[..., list[Any]]:
        def run(value: Any, *args: Any) -> list[Any]:
            attribute, rest = (args[0], args[1:]) if by_attribute else (None, args)
            test = _test_of(rest, meter)
            items = lists.members(value)
            meter.spend(_CALL * len(items))
            subjects = (item if attribute is None else lists.attribute_of(item, attribute) for item in items)
            return [item for item, subject in zip(items, subjects, strict=True) if test(subject) is wanted]

        return run

    return make


def _test_of(given: tuple[Any, ...], meter: Meter) -> Callable[[Any], bool]:
    """Give the test that `select` and its kin were given by name."""
    if not given:
        return truth
    name, arguments = given[0], given[1:]
    if name in {"defined", "undefined"}:
        return lambda subject: isinstance(subject, Undefined) is (name == "undefined")
    if not isinstance(name, str) or name not in TESTS:
        raise TemplateError("unknown-test", f"no test named '{str(name)[:40]}'")
    test = TESTS[name]

    def holds(subject: Any) -> bool:
        for one in (subject, *arguments) if test is contains or isinstance(subject, list | dict) else ():
            meter.whole(one)
        return test(subject, *arguments)

    return holds


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "default": default,
    "d": default,
    "lower": lambda value: text(value).lower(),
    "upper": lambda value: text(value).upper(),
    "title": title,
    "capitalize": lambda value: text(value).capitalize(),
    "trim": lambda value, characters=None: text(value).strip(characters),
    "replace": replace,
    "join": lists.join,
    "length": lists.length,
    "count": lists.length,
    "first": lists.first,
    "last": lists.last,
    "int": lambda value: _convert(value, int, "an integer"),
    "float": lambda value: _convert(value, float, "a number"),
    "string": text,
    "list": lists.members,
    "reverse": lists.reverse,
    "sum": lists.total,
    "abs": lambda value: abs(_convert(value, lambda one: one + 0, "a number")),
    "round": round_,
    "items": lists.pairs,
    "keys": lambda value: list(lists.mapping(value)),
    "values": lambda value: list(lists.mapping(value).values()),
    "indent": indent,
    "split": split,
    "batch": lists.batch,
    "combine": lists.combine,
    "b64encode": lambda value: base64.b64encode(text(value).encode()).decode(),
    "startswith": lambda value, start: text(value).startswith(text(start)),
    "endswith": lambda value, end: text(value).endswith(text(end)),
    "milli": milli,
    "mebi": mebi,
}
# Their cost does not show in the size of what they take and give: they count it as they go.
METERED: Final[dict[str, Callable[[Meter], Callable[..., Any]]]] = {
    "sort": lists.sort,
    "dictsort": lists.dictsort,
    "unique": lists.unique,
    "min": lists.extreme(min),
    "max": lists.extreme(max),
    "to_json": whole(to_json),
    "tojson": whole(to_json),
    "to_yaml": whole(lambda value: bounded_text(emit(value))),
    "to_toml": whole(lambda value: bounded_text(to_toml(value))),
    "sha256": whole(checksum),
    "map": map_,
    "select": keep(wanted=True, by_attribute=False),
    "reject": keep(wanted=False, by_attribute=False),
    "selectattr": keep(wanted=True, by_attribute=True),
    "rejectattr": keep(wanted=False, by_attribute=True),
}
NAMES: Final = frozenset({*FILTERS, *METERED})

# What Jinja has and templates here may not use, with the reason.
FORBIDDEN: Final = {
    **dict.fromkeys(("safe", "e", "escape", "forceescape"), "values are never pasted into text, so nothing is escaped"),
    "format": "use '~' or text around '{{ }}'",
    "attr": "use '.' or '[]': only members of data can be reached",
    "random": "the same inputs must give the same output",
    "pprint": "use 'to_json' or 'to_yaml'",
    "xmlattr": "manifests are no XML",
}
