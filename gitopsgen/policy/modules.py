"""One file of a policy in Rego."""

from __future__ import annotations

from typing import NamedTuple


class Module(NamedTuple):
    """One file of a policy: its name, its text, and whether it is in the form of before OPA 1.0."""

    name: str
    text: str
    is_old: bool = False
