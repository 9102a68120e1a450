"""Files behind addresses, asked once a run; what was found serves the runs of a day, and longer where nobody answers.

The cache is kept by digests of addresses, in the user's own directory.
"""

from __future__ import annotations

import contextlib
import time
from hashlib import sha256
from pathlib import Path
from typing import Final

from gitopsgen.schemas.cache import keep
from gitopsgen.schemas.download import AbsentError, UnreadableError, downloaded

_FRESH: Final = 24 * 3600  # seconds


class Remote:
    """Reads addresses, each at most once."""

    def __init__(self, directory: Path | None) -> None:
        """Take the directory of the cache, None to keep nothing."""
        self._directory = directory
        self._known: dict[str, bytes | None] = {}

    def read(self, url: str) -> bytes | None:
        """Give the bytes at an address, None where there are none; raises `UnreadableError` where none can say."""
        if url not in self._known:
            self._known[url] = self._asked(url)
        return self._known[url]

    def _asked(self, url: str) -> bytes | None:
        copy = self._directory / sha256(url.encode()).hexdigest() if self._directory else None
        if copy and _age(copy) < _FRESH:
            return copy.read_bytes()
        try:
            content = downloaded(url)
        except AbsentError:
            return None
        except UnreadableError:
            if copy and copy.is_file():
                return copy.read_bytes()
            raise
        if copy:
            with contextlib.suppress(OSError):
                keep(copy, content)
        return content


def _age(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return float("inf")
