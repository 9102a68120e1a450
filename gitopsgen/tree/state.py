"""The untracked directory beside the output, for what is true on this machine only.

Opens it and replaces files in it; what stands in them is the business of `locking` and `stat_cache`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from gitopsgen.tree.files import create as write_new
from gitopsgen.tree.output import DIRECTORY, FOLLOWED, Output

IGNORE = b"*\n"


@contextmanager
def state_directory(output: Output, *, create: bool = False) -> Iterator[int]:
    """Open the state directory, made if asked for, so that Git never sees it; raises OSError."""
    if create:
        output.state.parent.mkdir(parents=True, exist_ok=True)
    above = os.open(output.state.parent, FOLLOWED)
    try:
        if create:
            with suppress(FileExistsError):
                os.mkdir(output.state.name, dir_fd=above)
        descriptor = os.open(output.state.name, DIRECTORY, dir_fd=above)
    finally:
        os.close(above)
    try:
        if create:
            with suppress(FileExistsError):
                write_new(".gitignore", IGNORE, descriptor)
        yield descriptor
    finally:
        os.close(descriptor)
