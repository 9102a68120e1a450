"""Ends a run that a policy would keep for ever.

The engine of Rego keeps Python's lock while it answers, so that neither a timer nor Ctrl-C gets through to this
process, and it knows no limit of its own. A process beside it looks on, by memory that both see, and ends it.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from select import select
from typing import Final, NoReturn

SECONDS: Final = 60  # of one question, while the machine is awake
_TURN: Final = 0.5  # seconds
_COUNT: Final = struct.Struct("=Q")
_STANDARD_ERROR, _ENDING = 2, 3
_LONGEST: Final = 400  # bytes of a name


class Guard:
    """The process that looks on, begun with the first question of the process that it guards."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Take how long a question may last."""
        self._seconds = seconds
        self._guarded = 0
        self._count = 0
        self._seen: mmap.mmap | None = None
        self._held = -1

    @contextmanager
    def asking(self, name: str) -> Iterator[None]:
        """Have this process ended where what runs inside does not; `name` is what is said to have lasted too long."""
        seen = self._watched()
        if seen is not None:
            seen[_COUNT.size :] = name.encode("utf-8", "replace")[:_LONGEST].ljust(_LONGEST)
            self._mark(seen)
        try:
            yield
        finally:
            if seen is not None:
                self._mark(seen)

    def _mark(self, seen: mmap.mmap) -> None:
        self._count += 1  # odd while a question is asked
        _COUNT.pack_into(seen, 0, self._count)

    def _watched(self) -> mmap.mmap | None:
        """Give the memory that the guard of this very process sees; a forked one needs a guard of its own."""
        process = os.getpid()
        if self._guarded != process and hasattr(os, "fork"):
            self._guarded, self._count = process, 0
            self._seen = mmap.mmap(-1, _COUNT.size + _LONGEST)
            ending, self._held = os.pipe()  # ends with this process, and so do the guard's looks
            if not os.fork():
                _look_on(self._seen, ending, process, self._seconds)
            os.close(ending)
        return self._seen


def _look_on(seen: mmap.mmap, ending: int, process: int, seconds: float) -> NoReturn:
    try:
        _let_go(ending)
        hurried: list[int] = []
        signal.signal(signal.SIGINT, lambda number, _: hurried.append(number))
        count, turns = 0, 0
        while os.getppid() == process and not select([_ENDING], (), (), _TURN)[0]:
            (now,) = _COUNT.unpack_from(seen)
            turns = turns + 1 if now % 2 and now == count else 0
            count = now
            if turns * _TURN >= (_TURN if hurried else seconds):
                _end(seen, process, seconds, is_interrupted=bool(hurried))
                break
            hurried = hurried if turns else []
    finally:
        os._exit(0)


def _let_go(ending: int) -> None:
    """Close all but standard error: whoever waits for the end of a pipe would wait for the guard too."""
    os.dup2(ending, _ENDING)
    os.closerange(0, _STANDARD_ERROR)
    os.closerange(_ENDING + 1, os.sysconf("SC_OPEN_MAX"))
    for name in ("SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def _end(seen: mmap.mmap, process: int, seconds: float, *, is_interrupted: bool) -> None:
    name = bytes(seen[_COUNT.size :]).decode("utf-8", "replace").strip()
    why = "interrupted" if is_interrupted else f"it gave no answer within {seconds:g} s"
    said = f"gitopsgen: error: {name}: {why}, the run is ended and writes nothing\n"
    os.write(_STANDARD_ERROR, said.encode("utf-8", "replace"))
    os.kill(process, signal.SIGKILL)
