"""What functions API servers have for rules of custom kinds, of which types, and which of their variants fit a call.

https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
https://kubernetes.io/docs/reference/using-api/cel/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from gitopsgen.cel.cost.shapes import ANY, FREE, NUMBERS, Shape, joined, of

# function: variants. A variant is its name (where costs differ by it), what it takes and what it gives; a dot before
# the name says that the first type is that of the target. A, B stand for any type, the same in the whole variant;
# `number` for an integer or a float.
_TABLE: Final = """
_?_:_: conditional(bool, A, A) A
_&&_: logical(bool, bool) bool
_||_: logical(bool, bool) bool
!_: (bool) bool
@not_strictly_false: (bool) bool
_==_: equals(A, A) bool
_!=_: equals(A, A) bool
_+_: add_text(bytes, bytes) bytes; (double, double) double; (duration, duration) duration;\
 (duration, timestamp) timestamp; (timestamp, duration) timestamp; (int, int) int; add_list(list(A), list(A)) list(A);\
 add_text(string, string) string; (uint, uint) uint
_-_: (double, double) double; (duration, duration) duration; (int, int) int; (timestamp, duration) timestamp;\
 (timestamp, timestamp) duration; (uint, uint) uint
_*_: (double, double) double; (int, int) int; (uint, uint) uint
_/_: (double, double) double; (int, int) int; (uint, uint) uint
_%_: (int, int) int; (uint, uint) uint
-_: (double) double; (int) int
_<_: $order
_<=_: $order
_>_: $order
_>=_: $order
_[_]: index_list(list(A), int) A; index_map(map(A, B), A) B; (optional(list(A)), int) optional(A);\
 (optional(map(A, B)), A) optional(B)
_[?_]: (list(A), int) optional(A); (optional(list(A)), int) optional(A); (map(A, B), A) optional(B);\
 (optional(map(A, B)), A) optional(B)
@in: in_list(A, list(A)) bool; (A, map(A, B)) bool
size: (bytes) int; (list(A)) int; (map(A, B)) int; (string) int; .(bytes) int; .(list(A)) int; .(map(A, B)) int;\
 .(string) int
type: (A) type(A)
bool: (bool) bool; (string) bool
bytes: (bytes) bytes; string_to_bytes(string) bytes
double: (double) double; (int) double; (string) double; (uint) double
duration: (duration) duration; (int) duration; (string) duration
dyn: (A) dyn
int: (int) int; (double) int; (duration) int; (string) int; (timestamp) int; (uint) int
string: (string) string; (bool) string; bytes_to_string(bytes) string; (double) string; (duration) string;\
 (int) string; (timestamp) string; (uint) string; (IP) string; (CIDR) string
timestamp: (timestamp) timestamp; (int) timestamp; (string) timestamp
uint: (uint) uint; (double) uint; (int) uint; (string) uint
contains: .contains(string, string) bool
endsWith: .ends(string, string) bool
startsWith: .ends(string, string) bool
matches: (string, string) bool; .matches(string, string) bool
getFullYear: $time
getMonth: $time
getDate: $time
getDayOfMonth: $time
getDayOfWeek: $time
getDayOfYear: $time
getHours: $time; .(duration) int
getMinutes: $time; .(duration) int
getSeconds: $time; .(duration) int
getMilliseconds: $time; .(duration) int
charAt: .(string, int) string
indexOf: .(string, string) int; .(string, string, int) int; .(list(A), A) int
lastIndexOf: .(string, string) int; .(string, string, int) int; .(list(A), A) int
lowerAscii: .(string) string
upperAscii: .(string) string
replace: .(string, string, string) string; .(string, string, string, int) string
split: .(string, string) list(string); .(string, string, int) list(string)
substring: .(string, int) string; .(string, int, int) string
trim: .(string) string
format: .format(string, list(dyn)) string
join: .(list(string)) string; .(list(string), string) string
strings.quote: quote(string) string
find: .(string, string) string
findAll: .(string, string) list(string); .(string, string, int) list(string)
isSorted: .(list(A)) bool
sum: .(list(A)) A
min: .(list(A)) A
max: .(list(A)) A
sets.contains: sets(list(A), list(A)) bool
sets.intersects: sets(list(A), list(A)) bool
sets.equivalent: sets_equivalent(list(A), list(A)) bool
slice: .slice(list(A), int, int) list(A)
flatten: .flatten(list(list(A))) list(A); .flatten(list(dyn), int) list(dyn)
sort: .sort(list(A)) list(A)
@sortByAssociatedKeys: .sort_by(list(A), list(B)) list(A)
lists.range: range(int) list(int)
reverse: .reverse(list(A)) list(A)
distinct: .distinct(list(A)) list(A)
first: .(list(A)) optional(A)
last: .(list(A)) optional(A)
cel.@mapInsert: (map(A, B), A, B) map(A, B); (map(A, B), map(A, B)) map(A, B)
optional.none: () optional(A)
optional.of: (A) optional(A)
optional.ofNonZeroValue: (A) optional(A)
optional.unwrap: (list(optional(A))) list(A)
unwrapOpt: .(list(optional(A))) list(A)
value: .(optional(A)) A
hasValue: .(optional(A)) bool
or: .(optional(A), optional(A)) optional(A)
orValue: .(optional(A), A) A
url: (string) URL
isURL: (string) bool
getScheme: .(URL) string
getHost: .(URL) string
getHostname: .(URL) string
getPort: .(URL) string
getEscapedPath: .(URL) string
getQuery: .(URL) map(string, list(string))
ip: (string) IP; .cidr_ip(CIDR) IP
isIP: (string) bool
ip.isCanonical: (string) bool
family: .(IP) int
isUnspecified: .(IP) bool
isLoopback: .(IP) bool
isLinkLocalMulticast: .(IP) bool
isLinkLocalUnicast: .(IP) bool
isGlobalUnicast: .(IP) bool
cidr: (string) CIDR
isCIDR: (string) bool
containsIP: .parsed(CIDR, string) bool; .(CIDR, IP) bool
containsCIDR: .parsed(CIDR, string) bool; .(CIDR, CIDR) bool
masked: .(CIDR) CIDR
prefixLength: .(CIDR) int
quantity: (string) Quantity
isQuantity: (string) bool
semver: (string) Semver; (string, bool) Semver
isSemver: (string) bool; (string, bool) bool
sign: .(Quantity) int
isInteger: .(Quantity) bool
asInteger: .(Quantity) int
asApproximateFloat: .(Quantity) double
isGreaterThan: .(Quantity, Quantity) bool; .(Semver, Semver) bool
isLessThan: .(Quantity, Quantity) bool; .(Semver, Semver) bool
compareTo: .(Quantity, Quantity) int; .(Semver, Semver) int
add: .(Quantity, Quantity) Quantity; .(Quantity, int) Quantity
sub: .(Quantity, Quantity) Quantity; .(Quantity, int) Quantity
major: .(Semver) int
minor: .(Semver) int
patch: .(Semver) int
validate: .(Format, string) optional(list(string))
format.named: (string) optional(Format)
format.dns1123Label: () Format
format.dns1123Subdomain: () Format
format.dns1035Label: () Format
format.qualifiedName: () Format
format.dns1123LabelPrefix: () Format
format.dns1123SubdomainPrefix: () Format
format.dns1035LabelPrefix: () Format
format.labelValue: () Format
format.uri: () Format
format.uuid: () Format
format.byte: () Format
format.date: () Format
format.datetime: () Format
"""
_SHORT: Final = {
    "$order": "(bool, bool) bool; (number, number) bool; order_text(string, string) bool;"
    " order_text(bytes, bytes) bool; (timestamp, timestamp) bool; (duration, duration) bool",
    "$time": ".(timestamp) int; .(timestamp, string) int",
}
_VARIANT: Final = re.compile(r"^(\.?)(\w*)\((.*)\) (\w[\w(), ]*)$")
_ARGUMENT: Final = re.compile(r"\w+(?:\((?:[^()]|\([^()]*\))*\))?")
_KIND: Final = re.compile(r"^(\w+)(?:\((.*)\))?$")
_NULLABLE: Final = frozenset({"dyn", "duration", "object", "optional", "timestamp", "null"})

Bound = dict[str, Shape]


class Variant(NamedTuple):
    """One of the variants of a function."""

    name: str
    is_method: bool
    takes: tuple[Shape, ...]
    gives: Shape


def is_function(name: str) -> bool:
    """Whether there is such a function."""
    return name in _functions()


def fitting(function: str, given: Sequence[Shape], *, is_method: bool) -> tuple[tuple[str, ...], Shape | None]:
    """Give the names of the variants that take values of some types, and the type of the result."""
    names: list[str] = []
    result: Shape | None = None
    for variant in _functions().get(function, ()):
        bound: Bound = {}
        if variant.is_method != is_method or not _fit(variant.takes, given, bound):
            continue
        names.append(variant.name)
        gives = _filled(variant.gives, bound)
        result = gives if result is None or spelt(result) == spelt(gives) else ANY
    return tuple(names), result


def spelt(shape: Shape) -> str:
    """Give the name of a type with what is in it."""
    return f"{shape.sort}({', '.join(map(spelt, shape.inner))})" if shape.inner else shape.sort


def _fit(takes: Sequence[Shape], given: Sequence[Shape], bound: Bound) -> bool:
    return len(takes) == len(given) and all(_fits(*pair, bound) for pair in zip(takes, given, strict=True))


def _fits(wanted: Shape, given: Shape, bound: Bound) -> bool:
    if len(wanted.sort) == 1:
        before = bound.setdefault(wanted.sort, given)
        bound[wanted.sort] = joined(before, given)
        return _fits(before, given, {}) or _fits(given, before, {})
    if "dyn" in {wanted.sort, given.sort} or "free" in {wanted.sort, given.sort}:
        return True
    if given.sort == "null" or wanted.sort == "null":
        other = given if wanted.sort == "null" else wanted
        return other.sort in _NULLABLE or other.sort[0].isupper()
    if wanted.sort == "number":
        return given.sort in NUMBERS
    return wanted.sort == given.sort and (wanted.sort == "type" or _fit(wanted.inner, given.inner, bound))


def _filled(shape: Shape, bound: Mapping[str, Shape]) -> Shape:
    if len(shape.sort) == 1:
        return bound.get(shape.sort, FREE)
    return of(shape.sort, *(_filled(one, bound) for one in shape.inner)) if shape.inner else shape


@cache
def _functions() -> Mapping[str, tuple[Variant, ...]]:
    table: dict[str, tuple[Variant, ...]] = {}
    for line in _TABLE.strip().splitlines():
        name, _, told = line.rpartition(": ")
        for short, long in _SHORT.items():
            told = told.replace(short, long)
        table[name] = tuple(_variant(one.strip()) for one in told.split(";"))
    return table


def _variant(told: str) -> Variant:
    ((dot, name, takes, gives),) = _VARIANT.findall(told)
    return Variant(name, bool(dot), _several(takes), _one(gives))


def _several(told: str) -> tuple[Shape, ...]:
    return tuple(_one(part) for part in _ARGUMENT.findall(told))


def _one(told: str) -> Shape:
    ((name, inner),) = _KIND.findall(told)
    return of(name, *_several(inner))
