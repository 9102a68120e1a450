"""Signals that end a program, taken like Ctrl-C, so that what a command has begun is taken back then too."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

_ENDING = ("SIGTERM", "SIGHUP")  # a job that is cancelled, a terminal that is closed; not all systems have both
_BY_SIGNAL = 128  # what a shell adds to the number of the signal that ended a program


@contextmanager
def ending_codes() -> Iterator[list[int]]:
    """Let signals that would end the program at once interrupt it; gives their exit codes, as far as they came."""
    came: list[int] = []
    if current_thread() is not main_thread():
        yield came  # only the main thread may say what signals do
        return
    known = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    ours = [number for number in known if signal.getsignal(number) is signal.SIG_DFL]

    def interrupt(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(_BY_SIGNAL + number)
        for each in ours:
            signal.signal(each, signal.SIG_IGN)  # a second one must not interrupt the way back
        raise KeyboardInterrupt

    for number in ours:
        signal.signal(number, interrupt)
    try:
        yield came
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
