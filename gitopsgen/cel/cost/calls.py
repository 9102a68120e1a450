"""What a call costs beside its arguments, and how large its result is, of functions that cost more than one.

https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/cel/library/cost.go
https://github.com/google/cel-go/blob/master/ext/lists.go
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gitopsgen.cel.cost.measure import Measure, Operand, whole_number
from gitopsgen.cel.cost.sizes import ENDLESS, Size, capped, exactly, scaled
from gitopsgen.cel.tree import Constant

READ: Final = 0.1  # to go once through a text, for each of its characters
PATTERN: Final = 0.25  # of a regular expression, for each of its characters
LIST: Final = 10  # to make a list
MAP: Final = 30

Reckoned = tuple[int, Size | None]


@dataclass(frozen=True, slots=True)
class Site:
    """A call: a variant of a function, and what it is given. `minor` is the release of the server that reckons."""

    function: str
    variant: str
    given: Sequence[Operand]
    measure: Measure
    minor: int

    def size(self, place: int) -> Size:
        """Give the size of what is given at a place, the target first."""
        return self.measure.of(self.given[place])


def reckoned(site: Site) -> Reckoned | None:
    """Give what a call of a function of API servers costs, None where it is none of these."""
    by = _BY_VARIANT.get(site.variant) or _BY_FUNCTION.get(site.function)
    return by(site) if by else None


def _nothing_more(_: Site) -> Reckoned:
    return 1, None


def _read(site: Site) -> Reckoned:
    return scaled(site.size(0).most, READ), None


def _read_twice(site: Site) -> Reckoned:
    return scaled(site.size(0).most, 2 * READ), None


def _rewritten(site: Site) -> Reckoned:
    size = site.size(0)
    return scaled(size.most, READ), size


def _address(site: Site) -> Reckoned:
    size = site.size(0)
    return scaled(size.most, READ), size if site.minor >= _TYPES_COMPARED else None


def _walked(site: Site) -> Reckoned:
    item = site.measure.item(site.given[0])
    if item is None:
        return scaled(site.size(0).most, READ), None
    each = 1
    if item.shape.sort in {"string", "bytes"}:
        each += scaled(site.measure.of(item).most, READ)
    return capped(site.size(0).most * each), None


def _replaced(site: Site) -> Reckoned:
    text, old, new = site.size(0), site.size(1), site.size(2)
    count, kept = Size(0, 0), Size(0, 0)
    if old.least == 0:
        count, kept = Size(0, capped(text.most + 1)), Size(0, text.most)
    elif new.most <= old.least:
        kept = Size(0, text.most)
    else:
        count = Size(0, capped(math.ceil(text.most / old.least)))
    if old.most == 0:
        count, kept = count._replace(least=capped(text.least + 1)), kept._replace(least=text.least)
    elif old.most <= new.least:
        kept = kept._replace(least=text.least)
    else:
        count = count._replace(least=capped(math.ceil(text.least / old.most)))
    return scaled(text.most, 2 * READ), count.times(new).plus(kept)


def _split(site: Site) -> Reckoned:
    size = site.size(0)
    limit = site.given[2].node if len(site.given) > _WITH_LIMIT else None
    most = limit.value % 2**64 if isinstance(limit, Constant) and limit.sort == "int" else size.most
    return scaled(size.most, 2 * READ), Size(0, most)


def _joined(site: Site) -> Reckoned:
    count, size = site.size(0), Size(0, 0)
    item = site.measure.item(site.given[0])
    if item is not None:
        size = count.times(site.measure.of(item))
    if len(site.given) > 1:
        between = Size(max(0, count.least - 1), max(0, count.most - 1))
        size = size.plus(site.size(1).times(between))
    return scaled(size.most, READ), size


def _searched(site: Site) -> Reckoned:
    size = site.size(0)
    cost = capped(scaled(capped(size.most + 1), READ) * scaled(site.size(1).most, PATTERN))
    return cost, Size(0, size.most)


def _holds_address(site: Site) -> Reckoned:
    # two addresses of at most 16 bytes are compared
    return 4 + (scaled(site.size(1).most, READ) if site.variant else 0), None


def _holds_block(site: Site) -> Reckoned:
    return 7 + (scaled(site.size(1).most, READ) if site.variant else 0), None


def _validated(site: Site) -> Reckoned:
    return scaled(scaled(site.size(1).most, READ), 128 * PATTERN), None


def _compared(site: Site) -> Reckoned | None:
    sorts = {one.shape.sort for one in site.given}
    if len(sorts) > 1 or site.minor < _TYPES_COMPARED:
        return None
    if sorts <= {"IP", "CIDR", "Quantity", "Semver"}:
        return 1, None
    if sorts == {"Format"}:
        return scaled(64, READ), None
    if sorts == {"URL"}:
        return scaled((site.given[1].size or exactly(1)).most, READ), None
    return None


def _sets(site: Site) -> Reckoned:
    factor = 2 if site.variant == "sets_equivalent" else 1
    return capped(scaled(site.size(0).times(site.size(1)).most, factor) + 1), None


def _slice(site: Site) -> Reckoned:
    start, end = whole_number(site.given[1].node, 0), whole_number(site.given[2].node, site.size(0).most)
    return _made(exactly((end - start) % 2**64), 1)


def _flattened(site: Site) -> Reckoned:
    depth = whole_number(site.given[1].node, ENDLESS) if len(site.given) > 1 else 1
    return _made(site.size(0), depth)


def _range(site: Site) -> Reckoned:
    return _made(exactly(whole_number(site.given[0].node, ENDLESS)), 1)


def _reversed(site: Site) -> Reckoned:
    return _made(site.size(0), 1)


def _distinct(site: Site) -> Reckoned:
    return _made(site.size(0).times(site.size(0)), 2)


def _sorted(site: Site) -> Reckoned:
    keys = len(site.given) - 1
    is_text = site.given[keys].shape.inner[0].sort in {"string", "bytes", "dyn", "free"}
    return _made(site.size(keys).times(site.size(keys)), 2 + READ if is_text else 2)


def _made(size: Size, factor: float) -> Reckoned:
    return capped(scaled(size.most, factor) + 1 + LIST), size


_TYPES_COMPARED: Final = 32  # the first that knows how URLs, addresses and quantities compare
_WITH_LIMIT: Final = 2
_BY_VARIANT: Final[dict[str, Callable[[Site], Reckoned]]] = {
    "cidr_ip": _nothing_more,
    "distinct": _distinct,
    "flatten": _flattened,
    "range": _range,
    "reverse": _reversed,
    "sets": _sets,
    "sets_equivalent": _sets,
    "slice": _slice,
    "sort": _sorted,
    "sort_by": _sorted,
}
_BY_FUNCTION: Final[dict[str, Callable[[Site], Reckoned | None]]] = {
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), _walked),
    **dict.fromkeys(("lowerAscii", "upperAscii", "substring", "trim"), _rewritten),
    **dict.fromkeys(("cidr", "ip", "isCIDR", "isIP", "isQuantity", "isSemver", "quantity", "semver"), _read),
    **dict.fromkeys(("find", "findAll"), _searched),
    "_==_": _compared,
    "containsCIDR": _holds_block,
    "containsIP": _holds_address,
    "ip.isCanonical": _read_twice,
    "join": _joined,
    "replace": _replaced,
    "split": _split,
    "url": _address,
    "validate": _validated,
}
