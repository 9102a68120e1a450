"""Functions of strings that search by a regular expression."""

from __future__ import annotations

import re


def find(text: str, pattern: str) -> str:
    """Give the first match, empty where there is none; raises ValueError for a malformed expression."""
    found = _compiled(pattern).search(text)
    return found[0] if found else ""


def find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    """Give the matches, at most `limit` of them where it is not negative; raises ValueError as `find`."""
    found = [one[0] for one in _compiled(pattern).finditer(text)]
    return found if limit < 0 else found[:limit]


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.ASCII)
    except re.error as error:
        raise ValueError(f"illegal regex: {error}") from error
