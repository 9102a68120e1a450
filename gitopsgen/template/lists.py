"""The filters of lists and mappings: pure functions of plain values, their cost counted where it is not plain to see.

Names and meaning are Jinja's where Jinja has them; what Jinja leaves open is narrowed to one meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.meter import Meter
from gitopsgen.template.operators import MAXIMUM_ITEMS, Undefined, bounded_join, defined, describe, same, text, truth


def members(value: Any) -> list[Any]:
    """Give the items of a list, or the keys of a mapping; raises `TemplateError` for anything else."""
    if value.__class__ is list or value.__class__ is dict or isinstance(defined(value), list | tuple | Mapping):
        return list(value)
    raise TemplateError("wrong-operand", f"found {describe(value)}, expected a list or a mapping")


def mapping(value: Any) -> Mapping[str, Any]:
    """Give a mapping back; raises `TemplateError` for anything else."""
    found: Any = defined(value)
    if found.__class__ is dict or isinstance(found, Mapping):
        mapping: Mapping[str, Any] = found
        return mapping
    raise TemplateError("wrong-operand", f"found {describe(value)}, expected a mapping")


def attribute_of(item: Any, attribute: Any) -> Any:
    """Give a member of plain data by its dotted path."""
    for step in text(attribute).split("."):
        if isinstance(item, Mapping) and step in item:
            item = item[step]
        elif isinstance(item, list | tuple) and step.isdecimal() and len(step) < 7 and int(step) < len(item):  # noqa: PLR2004 - digits of an index
            item = item[int(step)]
        else:
            return Undefined(f"'{text(attribute)}' is not defined in an item of the list")
    return item


def length(value: Any) -> int:
    """Count items, keys or characters."""
    return len(value) if isinstance(defined(value), str) else len(members(value))


def join(value: Any, separator: Any = "", attribute: Any = None) -> str:
    """Join the texts of a list's items."""
    parts = members(value) if attribute is None else attributes(value, attribute)
    return bounded_join(text(separator), [text(part) for part in parts])


def attributes(value: Any, attribute: Any, default: Any = None) -> list[Any]:
    """Give one member of each item."""
    found = [attribute_of(item, attribute) for item in members(value)]
    return [default if isinstance(one, Undefined) and default is not None else defined(one) for one in found]


def first(value: Any) -> Any:
    """Give the first item."""
    parts = value if isinstance(value, str) else members(value)
    return parts[0] if parts else Undefined("the list is empty and has no first item")


def last(value: Any) -> Any:
    """Give the last item."""
    parts = value if isinstance(value, str) else members(value)
    return parts[-1] if parts else Undefined("the list is empty and has no last item")


def reverse(value: Any) -> Any:
    """Give a list or a string backwards."""
    return value[::-1] if isinstance(value, str) else members(value)[::-1]


def _key(attribute: Any, case_sensitive: Any) -> Callable[[Any], Any]:
    folds = not truth(case_sensitive)

    def key(item: Any) -> Any:
        value = defined(item if attribute is None else attribute_of(item, attribute))
        return value.lower() if folds and isinstance(value, str) else value

    return key


def _sorted(meter: Meter, items: Iterable[Any], key: Callable[[Any], Any], reverse: Any) -> list[Any]:
    keyed = [(key(item), item) for item in items]
    for mark, _ in keyed:
        if isinstance(mark, list | dict):  # compared as often as a sort compares
            meter.whole(mark, times=20)
    try:
        keyed.sort(key=lambda pair: pair[0], reverse=truth(reverse))
    except TypeError:
        raise TemplateError("wrong-operand", "found items of several types, which cannot be sorted") from None
    return [item for _, item in keyed]


def sort(meter: Meter) -> Callable[..., list[Any]]:
    """Make `sort`: a list in order, upper and lower case alike unless `case_sensitive`."""

    def run(value: Any, reverse: Any = False, case_sensitive: Any = False, attribute: Any = None) -> list[Any]:  # noqa: FBT002 - Jinja's signature
        return _sorted(meter, members(value), _key(attribute, case_sensitive), reverse)

    return run


def dictsort(meter: Meter) -> Callable[..., list[list[Any]]]:
    """Make `dictsort`: the pairs of a mapping, sorted by key or by value."""

    def run(value: Any, case_sensitive: Any = False, by: str = "key", reverse: Any = False) -> list[list[Any]]:  # noqa: FBT002 - Jinja's signature
        place = {"key": 0, "value": 1}[by]
        key = _key(None, case_sensitive)
        return _sorted(meter, ([k, v] for k, v in mapping(value).items()), lambda pair: key(pair[place]), reverse)

    return run


def unique(meter: Meter) -> Callable[..., list[Any]]:
    """Make `unique`: each item once, in the order in which they stand."""

    def run(value: Any, case_sensitive: Any = False, attribute: Any = None) -> list[Any]:  # noqa: FBT002 - Jinja's signature
        key, seen, kept = _key(attribute, case_sensitive), set[Any](), list[Any]()
        large: list[Any] = []
        for item in members(value):
            mark = key(item)
            if isinstance(mark, list | dict):
                meter.whole(mark, times=1 + len(large))
                is_new = not any(same(mark, one) for one in large)
                large += [mark] * is_new
            else:
                is_new = mark not in seen
                seen.add(mark)
            kept += [item] * is_new
        return kept

    return run


def extreme(pick: Callable[..., Any]) -> Callable[[Meter], Callable[..., Any]]:
    """Make `min` or `max`."""

    def make(meter: Meter) -> Callable[..., Any]:
        def choose(value: Any, case_sensitive: Any = False, attribute: Any = None) -> Any:  # noqa: FBT002 - Jinja's signature
            items = members(value)
            if not items:
                return Undefined("the list is empty and has no extreme")
            key = _key(attribute, case_sensitive)
            for item in items:
                mark = key(item)
                if isinstance(mark, list | dict):
                    meter.whole(mark)
            try:
                return pick(items, key=key)
            except TypeError:
                raise TemplateError("wrong-operand", "found items of several types, which cannot be compared") from None

        return choose

    return make


def total(value: Any, attribute: Any = None, start: Any = 0) -> Any:
    """Add up the numbers of a list."""
    items = members(value) if attribute is None else attributes(value, attribute)
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in [*items, start]):
        raise TemplateError("wrong-operand", "found something else than numbers, expected numbers to add up")
    return sum(items, start)


def batch(value: Any, size: Any, fill: Any = None) -> list[list[Any]]:
    """Cut a list into lists of `size` items."""
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAXIMUM_ITEMS:
        raise TemplateError("wrong-operand", f"found a batch size of {str(size)[:40]}, expected 1 to {MAXIMUM_ITEMS}")
    items = members(value)
    cut = [items[start : start + size] for start in range(0, len(items), size)]
    if cut and fill is not None:
        cut[-1] += [fill] * (size - len(cut[-1]))
    return cut


def combine(value: Any, *others: Any) -> dict[str, Any]:
    """Merge mappings at their first level, later ones over earlier ones."""
    merged = dict(mapping(value))
    for other in others:
        merged.update(mapping(other))
    return merged


def pairs(value: Any) -> list[list[Any]]:
    """Give the pairs of a mapping."""
    return [[key, one] for key, one in mapping(value).items()]
