"""Lets the operations of the output tree on the file system fail, or the process die, at a chosen one of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

CHANGING = ("mkdir", "open", "rename", "rmdir", "unlink", "write")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Killed(BaseException):
    """The process is gone: from here on it changes nothing, and no handler helps."""


class Operations:
    """Counts the changing operations; `limit` are let through, what comes then is up to the fault."""

    def __init__(self, limit: int, fault: Callable[[str], None]) -> None:
        self.count = 0
        self.limit = limit
        self.fault = fault

    def wrap(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def operation(*args: Any, **options: Any) -> Any:
            if name == "open" and not args[1] & WRITING:
                return real(*args, **options)
            self.count += 1
            if self.count > self.limit:
                if name == "write" and self.count == self.limit + 1:
                    real(args[0], args[1][: len(args[1]) // 2])
                self.fault(name)
            return real(*args, **options)

        return operation


@contextmanager
def faults(limit: int, fault: Callable[[str], None]) -> Iterator[Operations]:
    """Call `fault` with the name of each changing operation after the first `limit`; a write is half done then."""
    operations = Operations(limit, fault)
    with mock.patch.multiple(os, **{name: operations.wrap(name) for name in CHANGING}):
        yield operations


def kill(_name: str) -> None:
    raise Killed


@contextmanager
def killed_after(limit: int) -> Iterator[Operations]:
    """Stop the run after `limit` changing operations, as SIGKILL would."""
    try:
        with faults(limit, kill) as operations:
            yield operations
    except Killed:
        pass


@contextmanager
def failing_at(number: int, code: int, *, for_good: bool = False) -> Iterator[Operations]:
    """Let one operation fail with an error of the operating system, or all from it on that would add bytes."""

    def fail(name: str) -> None:
        if operations.count == number or (for_good and name in {"mkdir", "open", "write"}):
            raise OSError(code, os.strerror(code))

    with faults(number - 1, fail) as operations:
        yield operations
