"""What a plain YAML scalar means, where every reader of YAML agrees on it, and which text must be quoted.

YAML 1.1 and 1.2 readers disagree on many plain scalars, and Kubernetes' own tools among themselves. One decision serves
reading (an ambiguous plain scalar is refused) and writing, which quotes a little more than reading refuses.
Sources: https://yaml.org/type/ (1.1), https://yaml.org/spec/1.2.2/#103-core-schema (1.2), and tries with kubectl 1.31.
Pure: a text in, a value or a complaint out. Knows no files and no positions.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

# A plain scalar that starts with anything else is a string to YAML 1.1, YAML 1.2 and Go's readers alike.
SUSPECT: Final = frozenset("-+.0123456789~=<nNyYtToOfF")

_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<"})
_CONSTANTS: Final = {"null": None, "true": True, "false": False}
_INTEGER: Final = re.compile(r"-?[1-9][0-9]*|0")
_FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
# Matched without its underscores, which some readers skip and others do not.
_NUMBER_LIKE: Final = re.compile(
    r"""[-+]?(?:
        0x[0-9a-f]+ | 0o?[0-9]+ | 0b[01]+
      | (?:[0-9]+\.?[0-9]* | \.[0-9]+)(?:e[-+]?[0-9]+)?
      | [0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?
      | \.(?:inf|nan)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE_LIKE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?", re.DOTALL)
LARGEST_INTEGER: Final = 2**63 - 1
# No reader of YAML is known to take these for numbers, but languages that read YAML do: they are quoted.
_NUMBER_WORDS: Final = frozenset({"nan", "inf", "infinity", ".nan", ".inf"})
_LONGEST_INTEGER: Final = 20  # characters of a 64-bit integer; keeps int() from very long texts
_LONGEST_FLOAT: Final = 18  # 15 significant digits always survive a float, with room for sign, point and zero


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Why a plain scalar is refused, and what to write instead."""

    reason: str
    hint: str


def read_plain(text: str) -> str | float | bool | Ambiguous | None:
    """Give the value of a plain scalar, or why its readers would not agree on it."""
    if not text:
        return Ambiguous("an empty value is null to some and missing to others", 'write null, or "" for no text')
    if text[0] not in SUSPECT:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text.casefold() in _WORDS:
        return Ambiguous(f'plain scalar "{text}" means different things to different readers of YAML', _word_cure(text))
    if text[0] in "-+.0123456789":
        return _read_number(text)
    return text


def is_ambiguous(text: str) -> bool:
    """Tell whether some reader takes this text, unquoted, for something else than this very string."""
    if not isinstance(read_plain(text), str):
        return True
    bare = text.lstrip("+-").casefold()
    return bare in _WORDS or bare in _NUMBER_WORDS


def _word_cure(text: str) -> str:
    """Tell what to write for a word that some readers take for a boolean or for null."""
    folded = text.casefold()
    if folded in {"~", "null"}:
        return f'write null, or "{text}" in quotes for the text'
    if folded in {"=", "<<"}:
        return f'write "{text}" in quotes'
    meant = "true" if folded in {"y", "yes", "on", "true"} else "false"
    return f'write {meant}, or "{text}" in quotes for the text'


def _read_number(text: str) -> str | float | Ambiguous:
    """Give the value of a scalar that starts like a number."""
    if _INTEGER.fullmatch(text):
        if -(2**63) <= int(text[: _LONGEST_INTEGER + 1]) < 2**63:
            return int(text)
        return Ambiguous(f"integer {_shortened(text)} does not fit in 64 bits", "write it in quotes")
    if _FLOAT.fullmatch(text):
        return _read_float(text)
    if _NUMBER_LIKE.fullmatch(text.replace("_", "")) or _DATE_LIKE.fullmatch(text):
        return Ambiguous(
            f'plain scalar "{_shortened(text)}" is a number or a date to some readers of YAML and text to others',
            "write the text in quotes, or the number in plain decimal digits",
        )
    return text


def _read_float(text: str) -> float | Ambiguous:
    """Give a float unless its digits do not survive as one."""
    value = float(text)
    if len(text) > _LONGEST_FLOAT or not math.isfinite(value):
        return Ambiguous(f"number {_shortened(text)} has more digits than a float keeps", "write it in quotes")
    return value


def _shortened(text: str) -> str:
    """Keep a message on one line whatever the text is."""
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004 - the width of a readable quotation
