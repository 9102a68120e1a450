"""What the user wrote to choose variants, turned into a `Selection`.

Knows the syntax of `--selector` and `--set`, not which facts and values there are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from gitopsgen.diagnostics import UsageError

if TYPE_CHECKING:
    from gitopsgen.compose import Selection

_TERM = re.compile(r"\s*([A-Za-z][\w.-]*)\s*(==|!=|=)\s*([^,=!]*?)\s*")
_DOT = re.compile(r"(?<!\\)\.")
_JSON = re.compile(r"null|true|false|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|[\[{\"].*", re.DOTALL)


def select(
    regions: list[str] | None = None,
    clusters: list[str] | None = None,
    cases: list[str] | None = None,
    selectors: list[str] | None = None,
    sets: list[str] | None = None,
    version_set: str = "",
) -> Selection:
    """Give the selection; raises `UsageError` for what cannot be understood."""
    from gitopsgen.compose import Selection

    return Selection(
        regions=tuple(regions or ()),
        clusters=tuple(clusters or ()),
        cases=tuple(cases or ()),
        selector=parse_selectors(selectors or ()),
        sets=tuple(parse_set(text) for text in sets or ()),
        version_set=version_set,
    )


def parse_selectors(texts: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Give (key, `=` or `!=`, value) of each term of `tier=edge-small,wave!=0`; all terms must hold."""
    return tuple(_term(term) for text in texts for term in text.split(","))


def _term(text: str) -> tuple[str, str, str]:
    match = _TERM.fullmatch(text)
    if not match:
        raise UsageError(f"cannot read '{text}' in --selector: write key=value or key!=value, separated by commas")
    key, operator, value = match.groups()
    return key, "!=" if operator == "!=" else "=", value


def parse_set(text: str) -> tuple[tuple[str, ...], Any]:
    """Give path and value of `a.b=v`: null, true, false, numbers and JSON as such, all else as text.

    A dot in a key stands behind a backslash.
    """
    path, equals, value = text.partition("=")
    steps = tuple(step.replace("\\.", ".") for step in _DOT.split(path))
    if not equals or not all(steps):
        raise UsageError(f"cannot read '{path}' in --set: write a.b=value")
    return steps, _value(path, value)


def _value(path: str, text: str) -> Any:
    if not _JSON.fullmatch(text):
        return text
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        raise UsageError(f"the value of '{path}' in --set begins like JSON, but is none: {error}") from error


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
