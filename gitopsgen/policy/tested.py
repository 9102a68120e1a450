"""What came of one test of a policy."""

from __future__ import annotations

from typing import NamedTuple

from gitopsgen.model.variant import Path


class Tested(NamedTuple):
    """A test that was run: what went wrong, empty where nothing did, and what the policy printed.

    `place` is its path in a suite; `line` its line in a file of Rego.
    """

    name: str
    place: Path = ()
    wrong: str = ""
    is_skipped: bool = False
    line: int = 0
    printed: tuple[str, ...] = ()
