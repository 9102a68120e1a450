"""Values of Envoy's own types, as the JSON that Istio makes messages of.

Judges a value by the facts of `envoy_types`; knows nothing of the object that it stands in.
Read from https://github.com/golang/protobuf/blob/v1.5.4/jsonpb/decode.go, which Istio reads them with: it takes null
for what is not said, numbers in quotes, and fields that it does not know.
"""

from __future__ import annotations

import binascii
import math
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from gitopsgen.check.istio.envoy_types import fields_of, is_linked, is_message, json_name, messages, values_of
from gitopsgen.check.istio.grammar import nanoseconds
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import shown, suggestion

_TYPE: Final = "@type"
_A_TYPE: Final = f'such as "{_TYPE}": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua'
_GOOGLE: Final = "google.protobuf."
_NUMBER: Final = re.compile(r"\s*-?(?:0|[1-9][0-9]*)(?P<rest>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\s*")
_INTEGERS: Final = {
    **dict.fromkeys(("int32", "sint32", "sfixed32", "enum"), (-(2**31), 2**31 - 1)),
    **dict.fromkeys(("uint32", "fixed32"), (0, 2**32 - 1)),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), (-(2**63), 2**63 - 1)),
    **dict.fromkeys(("uint64", "fixed64"), (0, 2**64 - 1)),
}
_LARGEST: Final = {"float": 3.4028235677973366e38, "double": math.inf}  # beyond that nothing rounds to a number
_WRAPPED: Final = {
    f"{_GOOGLE}{name}Value": name.lower()
    for name in ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")
}
_TYPED: Final = frozenset({"udpa.type.v1.TypedStruct", "xds.type.v3.TypedStruct"})
# Inside an Any these stand below `value`.
_IN_VALUE: Final = {
    *_WRAPPED,
    *(f"{_GOOGLE}{name}" for name in ("Any", "Duration", "Empty", "ListValue", "Struct", "Timestamp", "Value")),
}


class Complaint(NamedTuple):
    """What is wrong with a value: where in it, and what is said of what stands there.

    Istio passes over a field that it does not know, and over what only Envoy reads.
    """

    path: Path
    message: str
    hint: str = ""
    is_refused: bool = True


def complaints(message: str, value: Any, path: Path = ()) -> Iterator[Complaint]:
    """Give all that keeps a value, which stands at a path, from being a message of a type, and what is not of it."""
    if value is None:
        return
    if not isinstance(value, dict):
        yield _unlike(path, value, "a mapping")
        return
    fields = fields_of(message)
    for name, one in value.items():
        kind = fields.get(str(name))
        if kind is None:
            hint = suggestion(str(name), fields)
            yield Complaint((*path, name), f"is no field of {message}", hint, is_refused=False)
        elif json_name(name) == name or json_name(name) not in value:  # of both names that one counts
            yield from _field(kind, one, (*path, name))


def _field(kind: str, value: Any, path: Path) -> Iterator[Complaint]:
    if value is None:
        return
    if kind.startswith("["):
        if not isinstance(value, list):
            yield _unlike(path, value, "a list")
            return
        for at, one in enumerate(value):
            yield from _single(kind[1:], one, (*path, at))
    elif kind.startswith("{"):
        yield from _map(kind[1:], value, path)
    else:
        yield from _single(kind, value, path)


def _map(kinds: str, value: Any, path: Path) -> Iterator[Complaint]:
    if not isinstance(value, dict):
        yield _unlike(path, value, "a mapping")
        return
    of_keys, _, of_values = kinds.partition(" ")
    for key, one in value.items():
        if of_keys != "string":
            yield from _single(of_keys, key, (*path, key))
        yield from _single(of_values, one, (*path, key))


def _single(kind: str, value: Any, path: Path) -> Iterator[Complaint]:
    if value is None:
        return
    if kind == f"{_GOOGLE}Any":
        yield from _any(value, path)
    elif is_message(kind):
        yield from complaints(kind, value, path)
    elif kind.startswith("="):
        yield from _choice(kind[1:], value, path)
    else:
        expected = _judge(_WRAPPED.get(kind, kind))(value)
        if expected:
            yield _unlike(path, value, expected)


def _any(value: Any, path: Path) -> Iterator[Complaint]:
    if not isinstance(value, dict):
        yield _unlike(path, value, f'a mapping with "{_TYPE}"')
        return
    if _TYPE not in value:
        yield Complaint(path, f'has no "{_TYPE}", expected the name of a type', _A_TYPE)
    elif not isinstance(value[_TYPE], str):
        yield _unlike((*path, _TYPE), value[_TYPE], "the name of a type")
    else:
        yield from _named(value[_TYPE].rpartition("/")[2], value, path)


def _named(name: str, value: dict[str, Any], path: Path) -> Iterator[Complaint]:
    if name in _IN_VALUE:
        if "value" in value:
            yield from _single(name, value["value"], (*path, "value"))
        else:
            yield Complaint(path, f'has no "value", which holds what a {name} is')
    elif is_message(name):
        yield from complaints(name, {key: one for key, one in value.items() if key != _TYPE}, path)
        if name in _TYPED:
            yield from _typed(value, path)
    elif not is_linked(name):
        hint = "Envoy's types of version 2 are gone" if ".v2." in name else suggestion(name, messages())
        yield Complaint((*path, _TYPE), f'is "{name}", a type that Istio does not know', hint)


def _typed(value: dict[str, Any], path: Path) -> Iterator[Complaint]:
    """Give what is wrong with a structure that Envoy, and not Istio, makes a message of."""
    told = value.get("type_url", value.get("typeUrl"))
    name = told.rpartition("/")[2] if isinstance(told, str) else ""
    if is_message(name):
        for one in complaints(name, value.get("value"), (*path, "value")):
            yield one._replace(is_refused=False)


def _choice(enumeration: str, value: Any, path: Path) -> Iterator[Complaint]:
    known = values_of(enumeration)
    if isinstance(value, str) and value not in known:
        hint = suggestion(value, known) or f"one of {', '.join(known)}"
        yield Complaint(path, f'is "{value}", expected a name of {enumeration.rpartition(".")[2]}', hint)
    elif not isinstance(value, str):
        expected = _integer("enum")(value)
        if expected:
            yield _unlike(path, value, f"one of {', '.join(known)}")


def _judge(kind: str) -> Callable[[Any], str]:
    """Give what says of a value what was expected instead, empty where it is taken."""
    if kind in _INTEGERS:
        return _integer(kind)
    if kind in _LARGEST:
        return _decimal(kind)
    return _SCALARS.get(kind, _taken)


def _integer(kind: str) -> Callable[[Any], str]:
    least, most = _INTEGERS[kind]

    def judge(value: Any) -> str:
        number = _number(value)
        if number is None or (isinstance(value, str) and not isinstance(number, int)) or number != number // 1:
            return "a whole number"
        is_within = least <= number <= most and not (least == 0 and str(value).startswith("-"))
        return "" if is_within else f"a number from {least} to {most}"

    return judge


def _decimal(kind: str) -> Callable[[Any], str]:
    def judge(value: Any) -> str:
        number = 0 if value in ("NaN", "Infinity", "-Infinity") else _number(value)
        return "" if number is not None and abs(number) < _LARGEST[kind] else "a number"

    return judge


def _number(value: Any) -> int | float | None:
    """Give the number that stands there, which may be in quotes."""
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value)
        value = None if match is None else (float if match["rest"] else int)(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _boolean(value: Any) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "a string"


def _bytes(value: Any) -> str:
    if isinstance(value, str):
        try:
            b64decode(value.translate(_BREAKS), validate=True)
        except (binascii.Error, ValueError):
            pass
        else:
            return ""
    return "bytes in base64"


def _duration(value: Any) -> str:
    return "" if isinstance(value, str) and nanoseconds(value) is not None else "a duration such as 0.5s"


def _time(value: Any) -> str:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return "a time such as 2026-11-27T00:00:00Z"
    return ""


def _mapping(value: Any) -> str:
    return "" if isinstance(value, dict) else "a mapping"


def _list(value: Any) -> str:
    return "" if isinstance(value, list) else "a list"


def _taken(_: Any) -> str:
    return ""


_BREAKS: Final = str.maketrans("", "", "\r\n")
_SCALARS: Final[dict[str, Callable[[Any], str]]] = {
    "bool": _boolean,
    "string": _text,
    "bytes": _bytes,
    f"{_GOOGLE}Duration": _duration,
    f"{_GOOGLE}Timestamp": _time,
    f"{_GOOGLE}Struct": _mapping,
    f"{_GOOGLE}ListValue": _list,
}


def _unlike(path: Path, value: Any, expected: str) -> Complaint:
    return Complaint(path, f"is {shown(value)}, expected {expected}")
