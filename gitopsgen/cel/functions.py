"""The functions that API servers add to CEL, as declarations of the engine.

https://kubernetes.io/docs/reference/using-api/cel/: what each takes and gives. A value of a type that CEL has not (a
URL, an address, a quantity) is a map with one key, which tells the type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from cel_expr_python import cel

from gitopsgen.cel import addresses, lists, quantities, texts, urls

_T: Final = cel.Type
_OPAQUE: Final = _T.Map(_T.STRING, _T.DYN)
_LIST: Final = _T.List(_T.DYN)
_TEXTS: Final = _T.List(_T.STRING)

Row = tuple[str, tuple[Any, ...], Any, Callable[..., Any]]

_FUNCTIONS: Final[tuple[Row, ...]] = (
    ("isURL", (_T.STRING,), _T.BOOL, urls.is_url),
    ("url", (_T.STRING,), _OPAQUE, urls.url),
    ("isIP", (_T.STRING,), _T.BOOL, addresses.is_ip),
    ("ip", (_T.STRING,), _OPAQUE, addresses.ip),
    ("ip.isCanonical", (_T.STRING,), _T.BOOL, addresses.is_canonical),
    ("isCIDR", (_T.STRING,), _T.BOOL, addresses.is_cidr),
    ("cidr", (_T.STRING,), _OPAQUE, addresses.cidr),
    ("isQuantity", (_T.STRING,), _T.BOOL, quantities.is_quantity),
    ("quantity", (_T.STRING,), _OPAQUE, quantities.quantity),
    ("sets.contains", (_LIST, _LIST), _T.BOOL, lists.contains),
    ("sets.equivalent", (_LIST, _LIST), _T.BOOL, lists.equivalent),
    ("sets.intersects", (_LIST, _LIST), _T.BOOL, lists.intersects),
)
_MEMBERS: Final[tuple[Row, ...]] = (
    ("getScheme", (_OPAQUE,), _T.STRING, urls.scheme),
    ("getHost", (_OPAQUE,), _T.STRING, urls.host),
    ("getHostname", (_OPAQUE,), _T.STRING, urls.hostname),
    ("getPort", (_OPAQUE,), _T.STRING, urls.port),
    ("getEscapedPath", (_OPAQUE,), _T.STRING, urls.escaped_path),
    ("getQuery", (_OPAQUE,), _T.Map(_T.STRING, _TEXTS), urls.query),
    ("family", (_OPAQUE,), _T.INT, addresses.family),
    ("isUnspecified", (_OPAQUE,), _T.BOOL, addresses.is_unspecified),
    ("isLoopback", (_OPAQUE,), _T.BOOL, addresses.is_loopback),
    ("isLinkLocalMulticast", (_OPAQUE,), _T.BOOL, addresses.is_link_local_multicast),
    ("isLinkLocalUnicast", (_OPAQUE,), _T.BOOL, addresses.is_link_local_unicast),
    ("isGlobalUnicast", (_OPAQUE,), _T.BOOL, addresses.is_global_unicast),
    ("containsIP", (_OPAQUE, _T.STRING), _T.BOOL, addresses.contains_ip),
    ("containsIP", (_OPAQUE, _OPAQUE), _T.BOOL, addresses.contains_ip),
    ("containsCIDR", (_OPAQUE, _T.STRING), _T.BOOL, addresses.contains_cidr),
    ("containsCIDR", (_OPAQUE, _OPAQUE), _T.BOOL, addresses.contains_cidr),
    ("ip", (_OPAQUE,), _OPAQUE, addresses.ip_of),
    ("masked", (_OPAQUE,), _OPAQUE, addresses.masked),
    ("prefixLength", (_OPAQUE,), _T.INT, addresses.prefix_length),
    ("sign", (_OPAQUE,), _T.INT, quantities.sign),
    ("isInteger", (_OPAQUE,), _T.BOOL, quantities.is_integer),
    ("asInteger", (_OPAQUE,), _T.INT, quantities.as_integer),
    ("asApproximateFloat", (_OPAQUE,), _T.DOUBLE, quantities.as_float),
    ("isGreaterThan", (_OPAQUE, _OPAQUE), _T.BOOL, quantities.is_greater),
    ("isLessThan", (_OPAQUE, _OPAQUE), _T.BOOL, quantities.is_less),
    ("compareTo", (_OPAQUE, _OPAQUE), _T.INT, quantities.compare),
    ("add", (_OPAQUE, _OPAQUE), _OPAQUE, quantities.add),
    ("add", (_OPAQUE, _T.INT), _OPAQUE, quantities.add),
    ("sub", (_OPAQUE, _OPAQUE), _OPAQUE, quantities.subtract),
    ("sub", (_OPAQUE, _T.INT), _OPAQUE, quantities.subtract),
    ("find", (_T.STRING, _T.STRING), _T.STRING, texts.find),
    ("findAll", (_T.STRING, _T.STRING), _TEXTS, texts.find_all),
    ("findAll", (_T.STRING, _T.STRING, _T.INT), _TEXTS, texts.find_all),
    ("isSorted", (_LIST,), _T.BOOL, lists.is_sorted),
    ("sum", (_LIST,), _T.DYN, lists.total),
    ("min", (_LIST,), _T.DYN, lists.least),
    ("max", (_LIST,), _T.DYN, lists.most),
)


def declarations() -> list[Any]:
    """Give the declarations, one a name."""
    rows = [(*row, False) for row in _FUNCTIONS] + [(*row, True) for row in _MEMBERS]
    return [cel.FunctionDecl(name, list(_overloads(name, rows))) for name in dict.fromkeys(row[0] for row in rows)]


def _overloads(name: str, rows: list[tuple[str, tuple[Any, ...], Any, Callable[..., Any], bool]]) -> Iterator[Any]:
    for number, (own, parameters, result, impl, is_member) in enumerate(rows):
        if own == name:
            yield cel.Overload(
                id=f"gitopsgen_{number}",
                return_type=result,
                parameters=list(parameters),
                is_member=is_member,
                impl=impl,
            )
