"""What can be wrong with a patch: codes GG321 to GG323."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gitopsgen.model.variant import Path

UNPLACED: Final = "unplaced-patch"
IDLE: Final = "idle-patch"
REFUSED: Final = "refused-patch"
CODES: Final = {UNPLACED: "GG321", IDLE: "GG322", REFUSED: "GG323"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a patch; `path` leads from the patch's record in its file to the guilty line."""

    rule: str
    path: Path
    message: str
    hint: str = ""


class PatchError(Exception):
    """A JSON patch that cannot go on: its later operations stand on what this one would have made."""

    def __init__(self, rule: str, message: str, hint: str = "") -> None:
        """Say what is wrong; whoever runs the operations knows which."""
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint


def pointer(path: Path) -> str:
    """Give a path as people write it: `spec.containers[0].image`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
