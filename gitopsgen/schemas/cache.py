"""JSON that was costly to make, kept in the user's cache directory.

A cache only: what cannot be read or written is made again, and nobody hears of it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def default_directory() -> Path:
    """Give `$XDG_CACHE_HOME/gitopsgen`, else `~/.cache/gitopsgen`."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if home.startswith("/") else Path.home() / ".cache") / "gitopsgen"


def cached(path: Path | None, make: Callable[[], Any]) -> Any:
    """Give what `path` holds, else what `make` gives, kept at `path` for the next time."""
    if path is None:
        return make()
    with contextlib.suppress(OSError, ValueError):
        return json.loads(path.read_bytes())
    value = make()
    with contextlib.suppress(OSError):
        keep(path, json.dumps(value, separators=(",", ":"), sort_keys=True).encode())
    return value


def keep(path: Path, content: bytes) -> None:
    """Write a file of the cache in one step, with the folders above it; raises `OSError` where that cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
