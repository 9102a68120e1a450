"""Runs whole processes, and says what they cost: time on the clock, processor time and memory, children included."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_TOLD_OF_A_FAILURE = 2000


class FailedError(Exception):
    """A measured program did not end well: its time means nothing."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of all processors, and the most memory that any one process held, in MB.

    `best` is the shortest of the times on the clock that `wall` is the median of: far below it, the machine was busy.
    """

    wall: float
    cpu: float
    memory: float
    best: float

    def times(self, factor: float) -> Cost:
        """Give the cost of so much more of the same; memory stays."""
        return Cost(self.wall * factor, self.cpu * factor, self.memory, self.best * factor)


def run(command: Sequence[str | Path], folder: Path, settings: Mapping[str, str] | None = None) -> Cost:
    """Run a program to its end. The system counts what children used once they are waited for.

    Raises `FailedError` if it fails. A process starts with the memory of the one that forks it as its peak,
    so whoever calls this must stay small.
    """
    log = folder / ".bench-errors"
    environment = {**os.environ, **(settings or {})}
    with log.open("wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text("utf-8", errors="replace")[-_TOLD_OF_A_FAILURE:]
        raise FailedError(f"{' '.join(map(str, command))[:200]} ended with {process.returncode}:\n{said}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, wall)


def middle(costs: Sequence[Cost]) -> Cost:
    """Give the medians of several runs, each of its own."""
    walls = [one.wall for one in costs]
    return Cost(median(walls), median(one.cpu for one in costs), median(one.memory for one in costs), min(walls))
