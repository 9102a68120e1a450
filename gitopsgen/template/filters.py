"""The filters of templates: pure functions of plain values.

Names and meaning are Jinja's where Jinja has them; what Jinja leaves open is narrowed to one meaning.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from gitopsgen.emit import emit
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.operators import (
    MAXIMUM_ITEMS,
    TESTS,
    Undefined,
    bounded_text,
    defined,
    describe,
    same,
    text,
    truth,
)
from gitopsgen.template.toml import to_toml

_SCALES: Final = {
    "": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50,
}  # fmt: skip
_QUANTITY: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")


def _items(value: Any) -> list[Any]:
    if isinstance(defined(value), list | tuple):
        return list(value)
    if isinstance(value, Mapping):
        return list(value)
    raise TemplateError("wrong-operand", f"found {describe(value)}, expected a list or a mapping")


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(defined(value), Mapping):
        return value
    raise TemplateError("wrong-operand", f"found {describe(value)}, expected a mapping")


def default(value: Any, other: Any = "", boolean: Any = False) -> Any:  # noqa: FBT002 - Jinja's signature
    """Give `other` where the value is undefined (or, with `boolean`, false)."""
    if isinstance(value, Undefined) or (truth(boolean) and not truth(value)):
        return other
    return value


def length(value: Any) -> int:
    """Count items, keys or characters."""
    return len(value) if isinstance(defined(value), str) else len(_items(value))


def replace(value: Any, old: Any, new: Any, count: int = -1) -> str:
    """Replace a part of a text."""
    grown = len(text(value)) + text(value).count(text(old)) * len(text(new))
    if grown > MAXIMUM_ITEMS * 10:
        raise TemplateError("too-much-work", "the text would grow larger than is allowed")
    return text(value).replace(text(old), text(new), count)


def join(value: Any, separator: Any = "", attribute: Any = None) -> str:
    """Join the texts of a list's items."""
    parts = _items(value) if attribute is None else _map(value, attribute=attribute)
    return bounded_text(text(separator).join(text(part) for part in parts))


def first(value: Any) -> Any:
    """Give the first item."""
    parts = value if isinstance(value, str) else _items(value)
    return parts[0] if parts else Undefined("the list is empty and has no first item")


def last(value: Any) -> Any:
    """Give the last item."""
    parts = value if isinstance(value, str) else _items(value)
    return parts[-1] if parts else Undefined("the list is empty and has no last item")


def _convert(value: Any, kind: Callable[[Any], Any], name: str) -> Any:
    if isinstance(defined(value), str | int | float):
        try:
            return kind(value)
        except (ValueError, OverflowError):
            pass
    shown = repr(value)[:40] if isinstance(value, str) else describe(value)
    raise TemplateError("wrong-operand", f"found {shown}, expected text of {name}")


def _attribute(item: Any, attribute: Any) -> Any:
    for step in text(attribute).split("."):
        if isinstance(item, Mapping) and step in item:
            item = item[step]
        elif isinstance(item, list | tuple) and step.isdigit() and int(step) < len(item):
            item = item[int(step)]
        else:
            return Undefined(f"'{text(attribute)}' is not defined in an item of the list")
    return item


def _key(attribute: Any, case_sensitive: bool) -> Callable[[Any], Any]:  # noqa: FBT001 - Jinja's options
    def key(item: Any) -> Any:
        value = defined(item if attribute is None else _attribute(item, attribute))
        return value.lower() if isinstance(value, str) and not case_sensitive else value

    return key


def _sorted(items: Iterable[Any], key: Callable[[Any], Any], reverse: bool) -> list[Any]:  # noqa: FBT001
    try:
        return sorted(items, key=key, reverse=reverse)
    except TypeError:
        raise TemplateError("wrong-operand", "found items of several types, which cannot be sorted") from None


def sort(value: Any, reverse: Any = False, case_sensitive: Any = False, attribute: Any = None) -> list[Any]:  # noqa: FBT002 - Jinja's signature
    """Sort a list."""
    return _sorted(_items(value), _key(attribute, case_sensitive), reverse)


def dictsort(value: Any, case_sensitive: Any = False, by: str = "key", reverse: Any = False) -> list[list[Any]]:  # noqa: FBT002 - Jinja's signature
    """Give the pairs of a mapping, sorted."""
    place = {"key": 0, "value": 1}[by]
    key = _key(None, case_sensitive)
    return _sorted(([k, v] for k, v in _mapping(value).items()), lambda pair: key(pair[place]), reverse)


def unique(value: Any, case_sensitive: Any = False, attribute: Any = None) -> list[Any]:  # noqa: FBT002 - Jinja's signature
    """Give each item once, in the order in which they stand."""
    key, seen, kept = _key(attribute, case_sensitive), list[Any](), list[Any]()
    for item in _items(value):
        mark = key(item)
        if not any(same(mark, one) for one in seen):
            seen.append(mark)
            kept.append(item)
    return kept


def extreme(pick: Callable[..., Any]) -> Callable[..., Any]:
    """Make `min` or `max`."""

    def choose(value: Any, case_sensitive: Any = False, attribute: Any = None) -> Any:  # noqa: FBT002 - Jinja's signature
        items = _items(value)
        if not items:
            return Undefined("the list is empty and has no extreme")
        try:
            return pick(items, key=_key(attribute, case_sensitive))
        except TypeError:
            raise TemplateError("wrong-operand", "found items of several types, which cannot be compared") from None

    return choose


def total(value: Any, attribute: Any = None, start: Any = 0) -> Any:
    """Add up the numbers of a list."""
    items = _items(value) if attribute is None else _map(value, attribute=attribute)
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in [*items, start]):
        raise TemplateError("wrong-operand", "found something else than numbers, expected numbers to add up")
    return sum(items, start)


def _round(value: Any, precision: Any = 0, method: str = "common") -> float:
    number = _convert(value, float, "a number")
    if method == "common":
        return round(number, precision)
    scaled = number * 10**precision
    whole = -(-scaled // 1) if method == "ceil" else scaled // 1
    return float(whole / 10**precision)


def _map(value: Any, name: Any = None, *args: Any, attribute: Any = None, default: Any = None) -> list[Any]:
    items = _items(value)
    if attribute is not None:
        found = [_attribute(item, attribute) for item in items]
        return [default if isinstance(one, Undefined) and default is not None else defined(one) for one in found]
    if name not in FILTERS:
        raise TemplateError("unknown-filter", f"no filter named '{name}'")
    return [FILTERS[name](item, *args) for item in items]


def _keep(wanted: bool, by_attribute: bool) -> Callable[..., list[Any]]:  # noqa: FBT001 - four filters in one
    def keep(value: Any, *args: Any) -> list[Any]:
        attribute, rest = (args[0], args[1:]) if by_attribute else (None, args)

        def holds(item: Any) -> bool:
            subject = item if attribute is None else _attribute(item, attribute)
            if not rest:
                return truth(subject)
            if rest[0] == "defined":
                return not isinstance(subject, Undefined)
            if rest[0] not in TESTS:
                raise TemplateError("unknown-test", f"no test named '{rest[0]}'")
            return TESTS[rest[0]](subject, *rest[1:])

        return [item for item in _items(value) if holds(item) is wanted]

    return keep


def indent(value: Any, width: Any = 4, first: Any = False, blank: Any = False) -> str:  # noqa: FBT002 - Jinja's signature
    """Indent all lines but the first (`first` too if asked), blank ones only if asked."""
    margin = indentation(width)
    lines = text(value).split("\n")
    rest = [margin + line if line or truth(blank) else line for line in lines[1:]]
    return bounded_text("\n".join([(margin if truth(first) else "") + lines[0], *rest]))


def indentation(width: Any) -> str:
    """Give the margin that `indent` puts before a line."""
    if isinstance(width, str):
        return width
    if not isinstance(width, int) or not 0 <= width <= 200:  # noqa: PLR2004 - deeper than any manifest
        raise TemplateError("too-much-work", f"found an indentation of {width!r}, allowed are 0 to 200")
    return " " * width


def batch(value: Any, size: Any, fill: Any = None) -> list[list[Any]]:
    """Cut a list into lists of `size` items."""
    if not isinstance(size, int) or not 1 <= size <= MAXIMUM_ITEMS:
        raise TemplateError("wrong-operand", f"found a batch size of {size!r}, expected 1 or more")
    items = _items(value)
    cut = [items[start : start + size] for start in range(0, len(items), size)]
    if cut and fill is not None:
        cut[-1] += [fill] * (size - len(cut[-1]))
    return cut


def combine(value: Any, *others: Any) -> dict[str, Any]:
    """Merge mappings at their first level, later ones over earlier ones."""
    merged = dict(_mapping(value))
    for other in others:
        merged.update(_mapping(other))
    return merged


def to_json(value: Any, indent: Any = None) -> str:
    """Give JSON text, keys in the order in which they stand."""
    try:
        return json.dumps(defined(value), ensure_ascii=False, indent=indent, allow_nan=False)
    except (TypeError, ValueError):
        raise TemplateError("unprintable-value", "found a value that JSON cannot carry") from None


def checksum(value: Any) -> str:
    """Give the SHA-256 of the data, in hexadecimal; equal data gives an equal sum."""
    return hashlib.sha256(json.dumps(defined(value), sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def amount(value: Any, scale: int) -> int:
    """Give a Kubernetes quantity in units of 1/`scale`, rounded up (CPU in milli, memory by mebi)."""
    match = _QUANTITY.fullmatch(text(value))
    if match is None:
        raise TemplateError("wrong-operand", f"found {text(value)!r}, expected a Kubernetes quantity")
    number, suffix = match.groups()
    digits, _, fraction = number.partition(".")
    numerator = int(digits + fraction) * _SCALES.get(suffix or "", 1)
    denominator = 10 ** len(fraction) * (1000 if suffix == "m" else 1)
    return -(-numerator * scale // denominator) if scale > 0 else -(-numerator // (denominator * -scale))


def _split(value: Any, separator: Any = None, count: int = -1) -> list[str]:
    return text(value).split(None if separator is None else text(separator), count)


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "default": default,
    "d": default,
    "lower": lambda value: text(value).lower(),
    "upper": lambda value: text(value).upper(),
    "title": lambda value: "".join(
        part[0].upper() + part[1:].lower() for part in re.split(r"([-\s({\[<]+)", text(value)) if part
    ),
    "capitalize": lambda value: text(value).capitalize(),
    "trim": lambda value, characters=None: text(value).strip(characters),
    "replace": replace,
    "join": join,
    "length": length,
    "count": length,
    "first": first,
    "last": last,
    "int": lambda value: _convert(value, int, "an integer"),
    "float": lambda value: _convert(value, float, "a number"),
    "string": text,
    "list": _items,
    "sort": sort,
    "unique": unique,
    "reverse": lambda value: value[::-1] if isinstance(value, str) else _items(value)[::-1],
    "sum": total,
    "min": extreme(min),
    "max": extreme(max),
    "abs": lambda value: abs(_convert(value, lambda one: one + 0, "a number")),
    "round": _round,
    "map": _map,
    "select": _keep(wanted=True, by_attribute=False),
    "reject": _keep(wanted=False, by_attribute=False),
    "selectattr": _keep(wanted=True, by_attribute=True),
    "rejectattr": _keep(wanted=False, by_attribute=True),
    "dictsort": dictsort,
    "items": lambda value: [[key, one] for key, one in _mapping(value).items()],
    "keys": lambda value: list(_mapping(value)),
    "values": lambda value: list(_mapping(value).values()),
    "indent": indent,
    "split": _split,
    "batch": batch,
    "combine": combine,
    "to_json": to_json,
    "tojson": to_json,
    "to_yaml": lambda value: emit(defined(value)),
    "to_toml": to_toml,
    "b64encode": lambda value: base64.b64encode(text(value).encode()).decode(),
    "sha256": checksum,
    "startswith": lambda value, start: text(value).startswith(text(start)),
    "endswith": lambda value, end: text(value).endswith(text(end)),
    "milli": lambda value: amount(value, 1000),
    "mebi": lambda value: amount(value, -(2**20)),
}
