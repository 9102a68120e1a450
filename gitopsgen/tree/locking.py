"""One run at a time: the lock of an output directory.

The kernel holds it for an open file, so a run that dies, however it dies, gives it back;
workers that outlive a killed parent keep it until they end, as they may still be writing.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from gitopsgen.diagnostics import Diagnostic, Location, Outcome
from gitopsgen.tree.findings import finding, refused
from gitopsgen.tree.output import Output
from gitopsgen.tree.state import state_directory

WAIT = 3.0  # seconds
PAUSE = 0.02
LOCK_FILE = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(slots=True)
class Lock:
    """The right to write an output directory; released at the end of a `with`, or of the process."""

    descriptor: int

    def __enter__(self) -> Self:
        """Hold it already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release it."""
        self.release()

    def release(self) -> None:
        """Let the next run write."""
        if self.descriptor >= 0:
            with suppress(OSError):
                os.ftruncate(self.descriptor, 0)
            os.close(self.descriptor)
            self.descriptor = -1


def lock(output: Output, *, wait: float = WAIT) -> Outcome[Lock | None]:
    """Take the lock of an output directory, waiting a little for another run; None where it is not given up."""
    name = f"{output.state_name}.lock"
    try:
        with state_directory(output, create=True) as state:
            descriptor = os.open(name, LOCK_FILE, 0o666, dir_fd=state)
    except OSError as error:
        return Outcome(None, (refused(Location(f"{output.state.name}/{name}"), error),))
    try:
        if _taken(descriptor, wait):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            return Outcome(Lock(descriptor))
        found = _held(output, descriptor)
    except OSError as error:
        found = refused(Location(f"{output.state.name}/{name}"), error, "locked")
    os.close(descriptor)
    return Outcome(None, (found,))


def _taken(descriptor: int, wait: float) -> bool:
    end = monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= end:
                return False
            sleep(PAUSE)
        else:
            return True


def _held(output: Output, descriptor: int) -> Diagnostic:
    holder = os.pread(descriptor, 20, 0).strip()
    who = f"process {int(holder)}" if holder.isdigit() else "a process that did not leave its number"
    return finding("locked-tree", Location(output.label), f"another run is writing here: {who} holds the lock")
