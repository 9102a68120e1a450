"""What the YAML reader inside Kubernetes makes of a scalar: of YAML 1.1 some things, of 1.2 others.

`kubectl` and the API server read YAML with sigs.k8s.io/yaml, which is go-yaml v2 and then JSON: `on` is true, `0o17`
and `017` are 15, `1e3` is 1000, a date and `12:30` are text.
https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go
Pure: knows no files and no positions.
"""

from __future__ import annotations

import binascii
import math
import re
from base64 import b64decode
from typing import Any, Final

# A plain scalar that starts with anything else is text.
HINTS: Final = frozenset("-+.0123456789yYnNtTfFoO~")
_PREFIX: Final = "tag:yaml.org,2002:"
_TRUE: Final = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE: Final = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_NULL: Final = ("", "~", "null", "Null", "NULL")
_NO_NUMBERS: Final = (
    ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
)  # fmt: skip
_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(_TRUE, True),
    **dict.fromkeys(_FALSE, False),
    **dict.fromkeys(_NULL),
    **{word: float(word.replace(".", "")) for word in _NO_NUMBERS},
}
_INTEGER: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DOT_FLOAT: Final = re.compile(r"\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_LEAST, _MOST = -(2**63), 2**63
_LARGEST: Final = 10**300
_LONGEST: Final = 400  # digits: a longer number is infinite to Go


def resolve(text: str) -> Any:
    """Give the value of a plain scalar without a tag: None, a boolean, a number or the text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in HINTS or len(text) > _LONGEST:
        return text
    if text[0] == ".":
        return _float(text, text) if _DOT_FLOAT.fullmatch(text) else text
    if text[0] in "-+0123456789":
        return _number(text, text.replace("_", ""))
    return text


def tagged(tag: str, text: str, *, is_plain: bool) -> Any:
    """Give the value of a scalar with a tag; raises ValueError where it cannot have it."""
    name = tag.removeprefix(_PREFIX).removeprefix("!!")
    if name == "binary":
        try:
            return b64decode(text, validate=False).decode("utf-8", "replace")
        except binascii.Error as error:
            raise ValueError("!!binary value is not base64") from error
    if not tag.startswith(_PREFIX) or name == "str":
        return text
    value = resolve(text)
    if name == "float" and isinstance(value, int) and not isinstance(value, bool):
        return value
    kinds: dict[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (float,), "null": (type(None),)}
    wanted = kinds.get(name)
    if wanted is None:
        return value if is_plain else text
    if not isinstance(value, wanted) or (name == "int" and isinstance(value, bool)):
        raise ValueError(f'cannot read "{text[:60]}" as !!{name}')
    return value


def key_text(value: Any) -> str | None:
    """Give the text that JSON has for a key; None where it can have none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return f"{value:g}" if isinstance(value, float) else None


def _number(text: str, plain: str) -> Any:
    if _INTEGER.fullmatch(plain):
        value = _integer(plain)
        if _LEAST <= value < _MOST:
            return value
        return float(value) if abs(value) < _LARGEST else text  # as JSON it no longer fits into 64 bits
    if _FLOAT.fullmatch(plain):
        return _float(text, plain)
    return text


def _integer(plain: str) -> int:
    sign, digits = (-1, plain[1:]) if plain[0] == "-" else (1, plain.removeprefix("+"))
    if digits[:1] == "0" and digits[1:2].isdecimal():
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def _float(text: str, plain: str) -> float | str:
    value = float(plain)
    if math.isinf(value):
        return text  # out of range, which to Go is no number
    # as JSON, a whole float is written, and read again, as an integer
    return int(value) if value.is_integer() and abs(value) < _MOST else value
