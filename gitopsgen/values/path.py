"""Value paths as people write them: `autoscaling.max`, `ports[0].name`, `labels."app.kubernetes.io/name"`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gitopsgen.model.variant import Path, Step

_STEP: Final = re.compile(r"""(?P<dot>\.)?(?:"(?P<quoted>[^"]*)"|\[(?P<index>\d{1,9})\]|(?P<name>[^.\["\]]+))""")
_SIMPLE: Final = re.compile(r'[^."\[\]]+')


def parse_path(text: str) -> Path | None:
    """Give the steps of a written path, None where it is not one."""
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        needs_dot = bool(steps) and (match is None or match["index"] is None)
        if match is None or bool(match["dot"]) != needs_dot:
            return None
        steps.append(int(match["index"]) if match["index"] else match["name"] or match["quoted"])
        position = match.end()
    return tuple(steps) or None


def path_text(path: Path) -> str:
    """Write a path so that `parse_path` reads it back."""
    parts = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            written = step if _SIMPLE.fullmatch(step) else f'"{step}"'
            parts.append(f".{written}" if parts else written)
    return "".join(parts)
