"""The page made anew beside the work at hand: in a process of its own, which a newer change ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import Final

_PATIENCE: Final = 5.0  # seconds that a process has to end when it is asked to


class PageMaker:
    """Makes the page of a project; at most one at a time, always the newest."""

    def __init__(self, root: Path, folder: Path, more: Sequence[str], made: Callable[[str], None]) -> None:
        """Take where it goes, more options of `report`, and whom to tell: what went wrong, empty for nothing."""
        own = ("report", "--project", str(root), "--output-dir", str(folder), "--quiet", "--color", "never")
        self._command = [sys.executable, "-m", "gitopsgen", *own, *more]
        self._made = made
        self._running: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Make the page anew; one that is still being made is not finished."""
        self.stop()
        running = subprocess.Popen(  # noqa: S603 - ourselves
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            start_new_session=True,  # an interrupt at the terminal is for us, who then end it
        )  # fmt: skip
        self._running = running
        Thread(target=self._wait, args=(running,), daemon=True).start()

    def stop(self) -> None:
        """End the making of a page, if any."""
        running, self._running = self._running, None
        if running and running.poll() is None:
            running.terminate()
            try:
                running.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                running.kill()

    def _wait(self, running: subprocess.Popen[str]) -> None:
        said = running.stderr.read() if running.stderr else ""
        code = running.wait()
        if running is self._running:  # else a newer one is being made
            self._made(said.strip() if code else "")
