"""Functions of Rego that our engine lacks, or answers otherwise than the Open Policy Agent does.

https://www.openpolicyagent.org/docs/policy-reference#built-in-functions
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from gitopsgen.policy.jwt import decode, decode_verify

OWN: Final = "gitopsgen"
REPLACED: Final = f"{OWN}_replaced"  # the package of functions that tests replace
_VERB: Final = re.compile(r"%(?P<flags>[-+# 0]*)(?P<width>\d*)(?:\.(?P<digits>\d*))?(?P<verb>.?)", re.DOTALL)
_TYPES: Final = {int: "int64", float: "float64", str: "string"}


def sprintf(form: str, values: list[Any]) -> str:
    """Give what Go prints for a format: numbers and strings as they are, all else as Rego writes it.

    https://pkg.go.dev/fmt
    """
    left = iter([_printable(value) for value in values])
    text = _VERB.sub(lambda match: _verb(match, left), form)
    extra = ", ".join(f"{_type(one)}={_plain(one)}" for one in left)
    return f"{text}%!(EXTRA {extra})" if extra else text


def _verb(match: re.Match[str], left: Iterator[Any]) -> str:
    verb = match["verb"]
    if verb == "%":
        return "%"
    if not verb:
        return "%!(NOVERB)"
    value = next(left, None)
    if value is None:
        return f"%!{verb}(MISSING)"
    wanted = "v" if verb == "v" else verb
    known = _FORMS.get((type(value), wanted))
    if known is None:
        return f"%!{verb}({_type(value)}={_plain(value)})"
    text = known(value, match["digits"])
    return _aligned(text, match["flags"], int(match["width"] or 0), is_number=type(value) is not str)


def _aligned(text: str, flags: str, width: int, *, is_number: bool) -> str:
    if "+" in flags and is_number and not text.startswith("-"):
        text = f"+{text}"
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and is_number:
        sign = text[:1] if text[:1] in {"-", "+"} else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _general(value: float, digits: str | None) -> str:
    """Give a number as `%v` does: the shortest text that reads back, with an exponent where it is large."""
    if digits:
        return f"{value:.{int(digits)}g}"
    exponent = int(f"{value:e}".partition("e")[2])
    shortest = repr(value)
    if -5 < exponent < 6:  # noqa: PLR2004 - where Go writes no exponent
        return shortest.removesuffix(".0")
    digits = str(len(shortest.partition("e")[0].replace(".", "").replace("-", "").strip("0")))
    mantissa, _, power = f"{value:.{max(int(digits) - 1, 0)}e}".partition("e")
    return f"{mantissa}e{int(power):+03d}"


_Form = Callable[[Any, str | None], str]
_FORMS: Final[dict[tuple[type, str], _Form]] = {
    (int, "v"): lambda value, _: str(value),
    (int, "d"): lambda value, _: str(value),
    (int, "x"): lambda value, _: f"{value:x}",
    (int, "X"): lambda value, _: f"{value:X}",
    (int, "o"): lambda value, _: f"{value:o}",
    (int, "b"): lambda value, _: f"{value:b}",
    (int, "c"): lambda value, _: chr(value),
    (float, "v"): _general,
    (float, "g"): _general,
    (float, "f"): lambda value, digits: f"{value:.{int(digits or 0) if digits is not None else 6}f}",
    (float, "e"): lambda value, digits: f"{value:.{int(digits or 0) if digits is not None else 6}e}",
    (str, "v"): lambda value, digits: value[: int(digits)] if digits else value,
    (str, "s"): lambda value, digits: value[: int(digits)] if digits else value,
    (str, "q"): lambda value, _: json.dumps(value, ensure_ascii=False),
    (str, "x"): lambda value, _: value.encode().hex(),
}


def _printable(value: Any) -> int | float | str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return value if isinstance(value, str) else written(value)


def _type(value: Any) -> str:
    return _TYPES[type(value)]


def _plain(value: Any) -> str:
    return _general(value, None) if isinstance(value, float) else str(value)


def written(value: Any) -> str:
    """Give a value as Rego writes it."""
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(written, value))) + "}" if value else "set()"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(one)}" for key, one in sorted(value.items())) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _digest(name: str) -> Callable[[str], str]:
    return lambda value: hashlib.new(name, value.encode(), usedforsecurity=False).hexdigest()


# By name: how many arguments, and what answers. What has no dot in its name is renamed in the policy first.
BUILTINS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "sprintf": (2, sprintf),
    "any": (1, lambda values: any(one is True for one in values)),
    "all": (1, lambda values: all(one is True for one in values)),
    "crypto.md5": (1, _digest("md5")),
    "crypto.sha1": (1, _digest("sha1")),
    "crypto.sha256": (1, _digest("sha256")),
    "io.jwt.decode": (1, decode),
    "io.jwt.decode_verify": (2, decode_verify),
}
