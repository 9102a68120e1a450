"""Forked workers that judge first and write only when all have judged.

A worker inherits what its parent loaded and compiled; what comes back is pickled. Where the system cannot fork,
or the work is small, everything happens in this process.
"""

from __future__ import annotations

import errno
import os
import pickle
import selectors
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Protocol, TypeVar

_FRAME: Final = 8
Result = TypeVar("Result")


class Work(Protocol):
    """What one process does with its part of the regions."""

    def judge(self, part: Sequence[Any]) -> Iterator[Any]:
        """Do all that can be done without writing; gives one result for each member of the part."""

    def finish(self) -> Any:
        """Write what was judged."""

    def abandon(self) -> None:
        """Leave no trace of what was judged."""


@dataclass(slots=True)
class _Worker:
    process: int
    results: _Receiver
    orders: int  # a descriptor: one byte says whether to finish


class WorkerDiedError(ChildProcessError):
    """A worker ended without a result: killed, or out of memory."""


def run(
    work: Work, parts: Sequence[Sequence[Any]], decide: Callable[[list[Any]], bool], progress: Callable[[int], None]
) -> tuple[list[Any], list[Any]]:
    """Judge all parts; then, if `decide` agrees with all results, finish them.

    Gives the results of judging in the order of the parts, and what finishing gave (empty if it was not agreed to).
    """
    if len(parts) <= 1 or not hasattr(os, "fork"):
        return _alone(work, [one for part in parts for one in part], decide, progress)
    workers = [_start(work, part) for part in parts]
    try:
        judged = _collect(workers, progress)
        results = [one for worker in workers for one in judged[worker.process]]
        agreed = decide(results)
        for worker in workers:
            os.write(worker.orders, b"y" if agreed else b"n")
        finished = [worker.results.receive() for worker in workers] if agreed else []
    finally:
        # The last first: each has a copy of the pipes to those before it, which would never hear that we are gone.
        for worker in reversed(workers):
            _end(worker)
    return results, finished


@contextmanager
def beside(what: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Find something out in a process of its own while this one goes on; gives what waits for it, once."""
    if not hasattr(os, "fork"):
        yield what
        return
    worker = _start(_Question(what), (None,))
    try:
        yield worker.results.receive
    finally:
        _end(worker)


@dataclass(frozen=True, slots=True)
class _Question:
    """Work of one part, with nothing to write."""

    what: Callable[[], Any]

    def judge(self, part: Sequence[Any]) -> Iterator[Any]:
        """Give the answer for each member."""
        return (self.what() for _ in part)

    def finish(self) -> None:
        """There is nothing to do."""

    def abandon(self) -> None:
        """There is nothing to undo."""


def _alone(
    work: Work, part: Sequence[Any], decide: Callable[[list[Any]], bool], progress: Callable[[int], None]
) -> tuple[list[Any], list[Any]]:
    results, agreed = [], False
    try:
        for result in work.judge(part):
            results.append(result)
            progress(len(results))
        agreed = decide(results)
        return results, [work.finish()] if agreed else []
    finally:
        if not agreed:
            work.abandon()


def _start(work: Work, part: Sequence[Any]) -> _Worker:
    results_out, results_in = os.pipe()
    orders_out, orders_in = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process:
        os.close(results_in)
        os.close(orders_out)
        return _Worker(process, _Receiver(results_out), orders_in)
    code, sender = 1, _Sender(results_in)
    try:
        os.close(results_out)
        os.close(orders_in)
        _serve(work, part, sender, orders_out)
        code = 0
    except BaseException as error:  # noqa: BLE001 - the parent raises it again
        sender.send(error if isinstance(error, Exception) else WorkerDiedError(repr(error)))
    finally:
        os._exit(code)  # not the parent's clean-up a second time


def _serve(work: Work, part: Sequence[Any], results: _Sender, orders: int) -> None:
    agreed = False
    try:
        for result in work.judge(part):
            results.send(result)
        results.send(None)
        agreed = os.read(orders, 1) == b"y"
        if agreed:
            results.send(work.finish())
    finally:
        if not agreed:
            work.abandon()


def _collect(workers: Sequence[_Worker], progress: Callable[[int], None]) -> dict[int, list[Any]]:
    """Receive results as they come, until every worker has said that it has no more."""
    judged: dict[int, list[Any]] = {worker.process: [] for worker in workers}
    with selectors.DefaultSelector() as selector:
        for worker in workers:
            selector.register(worker.results.descriptor, selectors.EVENT_READ, worker)
        open_workers = len(workers)
        while open_workers:
            for key, _ in selector.select():
                result = key.data.results.receive()
                if result is None:
                    selector.unregister(key.fd)
                    open_workers -= 1
                else:
                    judged[key.data.process].append(result)
                    progress(sum(map(len, judged.values())))
    return judged


class _Sender:
    """Pickled frames; what an earlier one carried is only referred to, so that regions share what they have alike."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._frame = BytesIO()
        self._pickler = pickle.Pickler(self._frame, pickle.HIGHEST_PROTOCOL)

    def send(self, value: Any) -> None:
        self._frame.seek(0)
        self._frame.truncate()
        self._pickler.dump(value)
        raw = self._frame.getvalue()
        rest = memoryview(len(raw).to_bytes(_FRAME, "big") + raw)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


class _Receiver:
    """The other end of a `_Sender`."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._frame = BytesIO()
        self._unpickler = pickle.Unpickler(self._frame)  # noqa: S301 - from our own child

    def receive(self) -> Any:
        """Give what was sent; an exception is raised here."""
        raw = self._read(int.from_bytes(self._read(_FRAME), "big"))
        self._frame.seek(0)
        self._frame.truncate()
        self._frame.write(raw)
        self._frame.seek(0)
        value = self._unpickler.load()
        if isinstance(value, Exception):
            raise value
        return value

    def _read(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = os.read(self.descriptor, min(size - len(parts), 1 << 20))
            if not part:
                raise WorkerDiedError(errno.ECHILD, "a process of this run was killed", "nothing is written")
            parts += part
        return bytes(parts)


def _end(worker: _Worker) -> None:
    os.close(worker.orders)
    os.close(worker.results.descriptor)
    os.waitpid(worker.process, 0)
