"""What a template that failed would have given, as far as its text tells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.loader import Loader

_KIND: Final = re.compile(r"^kind:[ \t]*[\"']?([A-Za-z]*)", re.MULTILINE)
_ELSEWHERE: Final = re.compile(r"\{%-?\s*(?:include|import|from)\b")


def kinds_of(loader: Loader, templates: Iterable[str]) -> frozenset[str] | None:
    """Give the kinds of the objects that templates would render, None where that cannot be told."""
    kinds: set[str] = set()
    for path in templates:
        try:
            source = loader.source(path)
        except TemplateError:
            return None
        found = _KIND.findall(source)
        if not all(found) or (not found and _ELSEWHERE.search(source)):
            return None
        kinds.update(found)
    return frozenset(kinds)
