"""One file at a time: read it whole, make it, put it in the place of another.

Knows descriptors of directories, never a path that a symbolic link could bend.
"""

from __future__ import annotations

import os
from contextlib import suppress

from gitopsgen.tree.output import Descent
from gitopsgen.tree.paths import TEMPORARY
from gitopsgen.tree.records import Stat

# A device or a pipe that took the place of a file must not make us wait.
REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# O_EXCL: never into a file that is there already, were it a hard link to one elsewhere.
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def read(path: str, way: Descent, size: int) -> bytes | None:
    """Read a file of about `size` bytes; None where it is not there, or no regular file any more."""
    folder, _, name = path.rpartition("/")
    try:
        descriptor = os.open(name, REGULAR, dir_fd=way.to(folder))
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return _all_of(descriptor, size)
    finally:
        os.close(descriptor)


def _all_of(descriptor: int, size: int) -> bytes:
    raw = os.read(descriptor, size + 1)
    if len(raw) == size:
        return raw
    chunks = [raw]
    while chunks[-1]:
        chunks.append(os.read(descriptor, 1 << 20))
    return b"".join(chunks)


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
