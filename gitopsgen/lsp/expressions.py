"""What stands at a place of a template: the path of a value inside `{{ }}` or `{% %}`, whole or just begun.

Looks at text alone: what is being typed can rarely be parsed.
"""

from __future__ import annotations

import json
import re
from typing import Final

from gitopsgen.model.variant import Path

_OPEN: Final = re.compile(r"\{\{|\{%")
_HOLE: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PATH: Final = re.compile(r"""(?<![\w.\]"'])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[0-9]+\]|\["[^"\]]*"\])*""")
_STEP: Final = re.compile(r"""[A-Za-z_]\w*|\[[0-9]+\]|\["[^"\]]*"\]""")
_BEGUN: Final = re.compile(r"""(?<![\w.\]"'])(?:[A-Za-z_]\w*\.)*(?:[A-Za-z_]\w*)?$""")
_BINDING: Final = re.compile(
    r"\{%[-+]?\s*(?:for\s+(?P<item>[A-Za-z_]\w*)\s+in|set\s+(?P<name>[A-Za-z_]\w*)\s*=)\s*"
    r"(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
)
_STRING: Final = re.compile(r"""'[^'\n]*'|(?<!\[)"[^"\n]*\"""")


def path_at(text: str, offset: int) -> Path:
    """Give the path that stands there, up to the step that the offset is in; empty where there is none."""
    hole = next((one for one in _HOLE.finditer(text) if one.start() <= offset < one.end()), None)
    if hole is None or hole[0].startswith("{#"):
        return ()
    inside = _STRING.sub(lambda one: " " * len(one[0]), hole[0])
    at = offset - hole.start()
    found = next((one for one in _PATH.finditer(inside) if one.start() <= at <= one.end()), None)
    if found is None:
        return ()
    steps = [one for one in _STEP.finditer(inside, found.start(), found.end()) if one.start() <= at]
    return tuple(_step(one[0]) for one in steps)


def begun_at(text: str, offset: int) -> tuple[Path, str] | None:
    """Give the path before the word that is being typed, and the word's beginning; None outside of a hole."""
    before = text[:offset]
    opened = [one.start() for one in _OPEN.finditer(before)]
    if not opened:
        return None
    inside = before[opened[-1] + 2 :]
    if "}}" in inside or "%}" in inside:
        return None
    found = _BEGUN.search(inside)
    if found is None:
        return None
    *above, word = found[0].split(".")
    return tuple(above), word


def meant_at(text: str, offset: int, path: Path) -> Path:
    """Give a path as it reads without the names that `for` and `set` bound before it; of a list the first item."""
    for bound in reversed(list(_BINDING.finditer(text, 0, offset))):
        if path and path[0] == (bound["item"] or bound["name"]):
            path = (*bound["path"].split("."), *((0,) if bound["item"] else ()), *path[1:])
    return path


def names_before(text: str, offset: int) -> list[str]:
    """Give the names that `for` and `set` bound before a place, in their order."""
    return list(dict.fromkeys(bound["item"] or bound["name"] for bound in _BINDING.finditer(text, 0, offset)))


def _step(text: str) -> str | int:
    if not text.startswith("["):
        return text
    step: str | int = json.loads(text[1:-1])
    return step
