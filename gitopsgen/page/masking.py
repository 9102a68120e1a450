"""Nothing that looks like a credential leaves in a page: the last look at a whole document.

Values are masked by their names where they are gathered; this finds what stands inside any text.
"""

from __future__ import annotations

from typing import Any, Final

from gitopsgen.check.credentials import inside, setting

HIDDEN: Final = "(hidden)"


def without_secrets(document: Any) -> Any:
    """Give plain data in which every text that holds what looks like a credential is hidden, whole."""
    if isinstance(document, str):
        return HIDDEN if inside(document) or setting(document) else document
    if isinstance(document, dict):
        return {without_secrets(name): without_secrets(value) for name, value in document.items()}
    if isinstance(document, list):
        return [without_secrets(one) for one in document]
    return document
