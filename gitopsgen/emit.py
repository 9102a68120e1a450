"""Plain data to canonical YAML text that YAML 1.1 and 1.2 readers read alike.

Block style, two spaces, LF, no anchors; a string is quoted unless it is provably plain.
Knows nothing of templates, files or Kubernetes beyond the customary order of keys.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitopsgen.scalars import LARGEST_INTEGER, is_ambiguous

TOP_KEYS: Final = ("apiVersion", "kind", "metadata", "spec")
METADATA_KEYS: Final = ("name", "generateName", "namespace", "labels", "annotations")

# Letters, digits and punctuation that mean nothing to YAML inside a plain scalar.
_PLAIN = re.compile(
    r"(?:--?)?[A-Za-z_/\u4e00-\u9fff](?:[\w./@+=,'()%$\u4e00-\u9fff-]|[ ](?![#\s]|\Z)|:(?![\s]|\Z))*", re.ASCII
)
_QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|%|s|ms|h)")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ue000\ue001]")
_NOT_LITERAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ue000\ue001]|[ \t]+(?:\n|\\Z)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN_TEXT: dict[str, str] = {}
_REMEMBERED: Final = 20_000
_SCALARS: Final = frozenset({str, int, bool, float, type(None)})


class UnwritableError(ValueError):
    """A value that YAML or Kubernetes cannot carry."""


def emit(data: Any, header: str = "") -> str:
    """Give the canonical text of one document, `header` (comment lines) first.

    Raises `UnwritableError` for what YAML or Kubernetes cannot carry.
    """
    return header + block(ordered(data), 0)


def ordered(data: Any) -> Any:
    """Bring the keys of a Kubernetes object, and of its metadata, into the customary order."""
    if not isinstance(data, Mapping) or "kind" not in data:
        return data
    inner = {key: data[key] for key in key_order(data, TOP_KEYS)}
    metadata = inner.get("metadata")
    if isinstance(metadata, Mapping):
        inner["metadata"] = {key: metadata[key] for key in key_order(metadata, METADATA_KEYS)}
    return inner


def key_order(keys: Iterable[str], first: tuple[str, ...]) -> list[str]:
    """Give the keys with those of `first` in front, the others as they stood."""
    present = list(keys)
    return [key for key in first if key in present] + [key for key in present if key not in first]


def block(data: Any, indent: int) -> str:
    """Give `data` as lines that start at `indent`."""
    if _has_members(data):
        if isinstance(data, Mapping):
            return "".join([entry(key, value, indent) for key, value in data.items()])
        return "".join([item(value, indent) for value in data])
    return " " * indent + inline(data, indent) + "\n"


def _has_members(value: Any) -> bool:
    """Tell whether a value is a mapping or list with something in it; most values are told by their class alone."""
    kind = value.__class__
    if kind in _SCALARS:
        return False
    return bool(value) and (kind is dict or kind is list or isinstance(value, Mapping | list | tuple))


def entry(key: Any, value: Any, indent: int) -> str:
    """Give one entry of a mapping as lines."""
    return f"{' ' * indent}{key_text(key)}:{after_key(value, indent)}"


def after_key(value: Any, indent: int) -> str:
    """Give what stands behind the colon of a key at `indent`, with its line end."""
    if isinstance(value, str):
        return f" {string(value, indent)}\n"
    if _has_members(value):
        return "\n" + block(value, indent + 2)
    return f" {inline(value, indent)}\n"


def item(value: Any, indent: int) -> str:
    """Give one item of a list as lines."""
    if _has_members(value):
        return f"{' ' * indent}- {block(value, indent + 2)[indent + 2 :]}"
    return f"{' ' * indent}- {inline(value, indent)}\n"


def inline(value: Any, indent: int) -> str:
    """Give a scalar, or an empty container, as it stands behind `key:` or `- `."""
    if isinstance(value, str):
        return string(value, indent)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Mapping | list | tuple):
        return "{}" if isinstance(value, Mapping) else "[]"
    message = f"a value of type {type(value).__name__} cannot be written as YAML"
    raise UnwritableError(message)


def key_text(key: Any) -> str:
    """Give a mapping key."""
    if not isinstance(key, str):
        message = f"a mapping key must be a string, found {type(key).__name__}"
        raise UnwritableError(message)
    return one_line(key)


def string(text: str, indent: int) -> str:
    """Give a string: plain, a literal block for several lines, or in double quotes."""
    if "\n" in text and is_literal(text):
        margin = " " * (indent + 2)
        body = text.rstrip("\n")
        chomping = "-" if len(body) == len(text) else "" if len(body) == len(text) - 1 else "+"
        lines = "\n".join(margin + line if line else "" for line in body.split("\n"))
        return f"|{chomping}\n{lines}" + "\n" * max(len(text) - len(body) - 1, 0)
    return one_line(text)


def is_literal(text: str) -> bool:
    """Tell whether a literal block carries this text unchanged, and readably, in every reader."""
    return (
        text[0] not in " \t\n"
        and text.strip("\n") != ""
        and _NOT_LITERAL.search(text) is None
        and _SURROGATE.search(text) is None
    )


def one_line(text: str) -> str:
    """Give a string on one line: plain where that is safe, else in double quotes."""
    known = _PLAIN_TEXT.get(text)
    if known is None:
        known = text if is_plain(text) else quoted(text)
        if len(_PLAIN_TEXT) < _REMEMBERED:
            _PLAIN_TEXT[text] = known
    return known


def is_plain(text: str) -> bool:
    """Tell whether every reader takes the unquoted text for this very string."""
    if _QUANTITY.fullmatch(text):
        return True
    return _PLAIN.fullmatch(text) is not None and not is_ambiguous(text)


def quoted(text: str) -> str:
    """Give a string in double quotes."""
    if _SURROGATE.search(text):
        message = "the text holds a lone surrogate, which UTF-8 cannot carry"
        raise UnwritableError(message)
    return _ESCAPED.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def _integer(value: int) -> str:
    if not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
        message = f"the integer {value if abs(value) < 10**40 else '…'} does not fit in 64 bits"
        raise UnwritableError(message)
    return str(value)


def _float(value: float) -> str:
    if not math.isfinite(value):
        message = f"the number {value} cannot be written: JSON has no such number"
        raise UnwritableError(message)
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    sign = exponent[0] if exponent[0] in "+-" else "+"
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{sign}{exponent.lstrip('+-')}"
