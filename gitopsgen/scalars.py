"""Which text a YAML reader could take for something else than a string.

YAML 1.1 and 1.2 readers disagree on many plain scalars, and Kubernetes' own tools among themselves.
One decision serves reading (an ambiguous plain scalar is refused) and writing (it is quoted).
Sources: https://yaml.org/type/ (1.1), https://yaml.org/spec/1.2.2/#103-core-schema (1.2), and tries with kubectl 1.31.
"""

from __future__ import annotations

import re
from typing import Final

WORDS: Final = frozenset(
    {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity", "~", ".nan", ".inf", "="}
)
"""Words, in lower case, that some reader takes for a boolean, null or a number."""

LARGEST_INTEGER: Final = 2**63 - 1

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[+-][0-9]+)?")
_NUMBER_LIKE = re.compile(
    r"""[-+]?(?:
        [0-9][0-9_]*(?:\.[0-9_.]*)?(?:[eE][-+]?[0-9]+)?     # decimal, octal 0755, 1_000, 1e3, 1.5e3
      | \.[0-9_]+(?:[eE][-+]?[0-9]+)?                        # .5
      | 0[xX][0-9a-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+      # 0x1f, 0o17, 0b1
      | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?          # 12:30, sexagesimal
    )|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?             # dates and times
    """,
    re.VERBOSE,
)


class Ambiguous:
    """What a plain scalar resolves to that readers disagree on."""


AMBIGUOUS: Final = Ambiguous()


def resolve(text: str) -> str | int | float | bool | Ambiguous | None:
    """Give the value of a plain scalar, or `AMBIGUOUS` where YAML readers disagree on it."""
    if text in {"true", "false"}:
        return text == "true"
    if text == "null":
        return None
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return AMBIGUOUS if is_ambiguous(text) else text


def is_ambiguous(text: str) -> bool:
    """Tell whether some YAML reader takes this text, unquoted, for something else than a string."""
    if not text:
        return True
    return text.lstrip("+-").lower() in WORDS or text == "<<" or _NUMBER_LIKE.fullmatch(text) is not None


def _integer(text: str) -> int | Ambiguous:
    if text == "-0" or len(text) > 20:  # -0 is a float to some readers
        return AMBIGUOUS
    number = int(text)
    return number if -LARGEST_INTEGER - 1 <= number <= LARGEST_INTEGER else AMBIGUOUS
