"""What a value may look like inside native text, where nothing quotes it."""

from __future__ import annotations

import re
from typing import Final

from gitopsgen.template.errors import Spot, TemplateError

# Words, numbers, versions, host names, URLs and paths: nothing that closes a quote, a line or a block.
_HARMLESS: Final = re.compile(r"[A-Za-z0-9 ._:/@+=,%~-]*", re.ASCII)


def check_native(value: str, spot: Spot | None) -> str:
    """Give the text back; raises `TemplateError` where it could change the structure of native text."""
    if _HARMLESS.fullmatch(value) is None:
        message = f"found {value[:60]!r} in native text, expected letters, digits and any of '._:/@+=,%~-'"
        hint = "give such data to a YAML or JSON template, or through 'to_json', 'to_toml'"
        raise TemplateError("unsafe-native-value", message, spot, hint)
    return value
