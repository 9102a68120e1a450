"""Files of the project as bytes: found by walking, read within limits, never from outside the root.

Knows nothing of their contents.
"""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING, Final

from gitopsgen.diagnostics import Diagnostic, Location, Outcome
from gitopsgen.source import findings

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 8 * 1024 * 1024
_TICK_NS: Final = 2_000_000_000  # no file system's is longer


def read_bytes(root: Path, file: str, *, largest: int = LARGEST) -> Outcome[bytes | None]:
    """Give the bytes of a file of at most so many, None with a finding where that is not possible."""
    try:
        descriptor = os.open(root / file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return _refused(file, f"cannot be read: {(error.strerror or 'unknown error').lower()}")
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return _refused(file, "is not a regular file")
        if status.st_size > largest:
            message = f"file has {status.st_size} bytes, more than {largest}"
            return Outcome(None, (findings.OVERSIZED_FILE.at(Location(file), message),))
        return Outcome(_drain(descriptor, status.st_size))
    except OSError as error:
        return _refused(file, f"cannot be read: {(error.strerror or 'unknown error').lower()}")
    finally:
        os.close(descriptor)


def stamp(root: Path, file: str) -> tuple[int, ...] | None:
    """Give what changes with a file's contents, None where that cannot be told: it was saved just now, or is away.

    A file system counts in ticks: of two saves in one, the second would leave no trace.
    """
    try:
        status = (root / file).stat()
    except OSError:
        return None
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    if time.time_ns() - changed < _TICK_NS:
        return None
    return changed, status.st_size, status.st_ino, status.st_mtime_ns


def _drain(descriptor: int, size: int) -> bytes:
    content = os.read(descriptor, size + 1)
    while len(content) < size and (more := os.read(descriptor, size - len(content))):
        content += more
    return content


def walk(root: Path, directory: str, skip: str = "") -> Outcome[tuple[str, ...]]:
    """Give all files under a directory, relative to the root and sorted; hidden ones are left out.

    The directory `skip` is not entered. A link that leaves the root, a link to a directory
    and a name that is no UTF-8 are findings.
    """
    files: list[str] = []
    found: list[Diagnostic] = []
    pending = [directory]
    while pending:
        current = pending.pop()
        for entry in _entries(root / current):
            path = f"{current}/{entry.name}"
            problem = _problem(root, entry)
            if problem:
                found.extend(_refused(path.encode("utf-8", "replace").decode(), problem).diagnostics)
            elif entry.is_dir(follow_symlinks=False):
                if path != skip:
                    pending.append(path)
            else:
                files.append(path)
    return Outcome(tuple(sorted(files)), tuple(sorted(found, key=findings.by_place)))


def directories(root: Path, directory: str) -> tuple[str, ...]:
    """Give the names of the directories in a directory, sorted."""
    return tuple(sorted(entry.name for entry in _entries(root / directory) if entry.is_dir(follow_symlinks=False)))


def is_inside(root: Path, path: str) -> bool:
    """Tell whether a relative path stays in the root, links followed."""
    real = os.path.realpath(root / path)
    return os.path.commonpath([os.path.realpath(root), real]) == os.path.realpath(root)


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []


def _problem(root: Path, entry: os.DirEntry[str]) -> str:
    if not entry.name.isascii() and not _is_unicode(entry.name):
        return "has a name that is not UTF-8"
    if not entry.is_symlink():
        return ""
    if not is_inside(root, os.path.relpath(entry.path, root)):
        return "is a link that leaves the project"
    try:
        return "is a link to a directory" if entry.is_dir() else ""
    except OSError:
        return "is a link that leads to itself"


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refused(file: str, message: str) -> Outcome[bytes | None]:
    return Outcome(None, (findings.UNREADABLE_FILE.at(Location(file), f'"{file}" {message}'),))
