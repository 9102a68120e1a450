"""The words of all rules, kept on this machine: reading the rules' sources takes as long as judging some cities.

A cache only: what cannot be read or written is made again, and nobody hears of it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache

from gitopsgen.check.sharing import words_of_rules
from gitopsgen.pipeline.keys import tool_key
from gitopsgen.schemas.cache import default_directory, keep


@cache
def rule_words() -> frozenset[str]:
    """Give what `words_of_rules` gives, as an earlier run of the same program read it."""
    path = default_directory() / "words.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(path.read_bytes())
        if known["program"] == tool_key():
            return frozenset(known["words"])
    words = words_of_rules()
    with suppress(OSError):
        keep(path, json.dumps({"program": tool_key(), "words": sorted(words)}).encode())
    return words
