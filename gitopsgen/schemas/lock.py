"""The lock of a schema pack: the digest of each file as it was imported, in the form that `sha256sum --check` reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import UsageError

LOCK: Final = "schemas.lock"
_LINE: Final = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>\S+)")


def locked(pack: Path) -> Mapping[str, str]:
    """Give the digests of a pack by path, none where it has no lock."""
    try:
        lines = (pack / LOCK).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {match["path"]: match["digest"] for line in lines if (match := _LINE.fullmatch(line))}


def lock(pack: Path, written: Iterable[str]) -> None:
    """Keep the digests of the files just written, and of those before that are still there."""
    kept = {path: each for path, each in locked(pack).items() if (pack / path).is_file()}
    digests = {**kept, **{path: digest((pack / path).read_bytes()) for path in written}}
    text = "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
    (pack / LOCK).write_text(text, encoding="utf-8")


class Locked:
    """A folder whose files are read as they were imported, where a lock says how."""

    def __init__(self, folder: Path) -> None:
        """Take a folder; its lock is read with the first file."""
        self._folder = folder
        self._digests: Mapping[str, str] | None = None

    def read(self, path: Path) -> bytes:
        """Give the bytes of a file in it; raises `UsageError` where they are not those of the lock."""
        if self._digests is None:
            self._digests = locked(self._folder)
        content = path.read_bytes()
        known = self._digests.get(path.relative_to(self._folder).as_posix()) if self._digests else None
        if known not in (None, digest(content)):
            lock_file = self._folder / LOCK
            message = f"{path}: is not what was imported, by {lock_file}: import it again, or take its line out there"
            raise UsageError(message)
        return content


def digest(content: bytes) -> str:
    """Give the digest of a file's bytes."""
    return hashlib.sha256(content).hexdigest()
