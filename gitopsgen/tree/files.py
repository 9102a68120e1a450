"""One file at a time: read it whole, make it, put it in the place of another.

Knows descriptors of directories, never a path that a symbolic link could bend.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import islice

from gitopsgen.tree.output import Descent
from gitopsgen.tree.paths import TEMPORARY
from gitopsgen.tree.records import Stat

# A device or a pipe that took the place of a file must not make us wait.
REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# O_EXCL: never into a file that is there already, were it a hard link to one elsewhere.
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

LARGEST = 1 << 26  # bytes: none of our own records comes near it
CHUNK = 1 << 20


def read(path: str, way: Descent, size: int) -> bytes | None:
    """Read a file of our own of about `size` bytes, cut a little above `LARGEST`.

    None where it is not there, or no regular file any more.
    """
    descriptor = _opened(path, way)
    if descriptor is None:
        return None
    try:
        return b"".join(islice(_chunks(descriptor, size), LARGEST // CHUNK + 1))
    finally:
        os.close(descriptor)


def digest_of(path: str, way: Descent, size: int) -> str:
    """Give the digest of a file of any size; empty where it is not there, or no regular file any more."""
    descriptor = _opened(path, way)
    if descriptor is None:
        return ""
    found = sha256()
    try:
        for chunk in _chunks(descriptor, size):
            found.update(chunk)
    finally:
        os.close(descriptor)
    return found.hexdigest()


def _opened(path: str, way: Descent) -> int | None:
    folder, _, name = path.rpartition("/")
    try:
        return os.open(name, REGULAR, dir_fd=way.to(folder))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _chunks(descriptor: int, size: int) -> Iterator[bytes]:
    asked = min(size + 1, CHUNK)
    while chunk := os.read(descriptor, asked):
        yield chunk
        if len(chunk) < asked:  # a regular file gives less only at its end
            return
        asked = CHUNK


def create(name: str, content: bytes, folder: int) -> Stat:
    """Write a new file, and give its stat."""
    descriptor = os.open(name, CREATE, 0o666, dir_fd=folder)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        stat = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return Stat(stat.st_ino, stat.st_size, stat.st_mtime_ns)


def replace(name: str, content: bytes, folder: int) -> Stat:
    """Put a file in the place of another, or of none, in one step."""
    try:
        stat = create(TEMPORARY, content, folder)
        os.rename(TEMPORARY, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(TEMPORARY, dir_fd=folder)
        raise
    return stat
