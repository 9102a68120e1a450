"""Where a command's report goes: data to stdout, findings and progress to stderr, one object as JSON.

Knows the streams and the formats, and no stage.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TextIO

from gitopsgen.cli.options import Colour, Format
from gitopsgen.diagnostics import Location, Severity, UsageError
from gitopsgen.report import Report, counted, ordered

_MOST_WARNINGS = 3  # of one code: every run tells them again
_PATIENCE = 0.5  # seconds after which a person wants to know that something happens
_LARGEST_SHOWN = 1 << 20  # bytes: a source line is a service, not worth reading a huge file for


@dataclass(frozen=True, slots=True)
class Console:
    """How a command speaks, and about which project; `excerpt` gives source lines that stand in no file of it.

    `most` bounds how many warnings of one code are listed; the others are counted.
    """

    root: Path
    format: Format = Format.TEXT
    colour: Colour = Colour.AUTO
    quiet: bool = False
    excerpt: Callable[[Location], str | None] | None = None
    most: int | None = None

    def finish(self, report: Report, fail_on: Severity = Severity.ERROR) -> int:
        """Print a report; give 1 if a finding weighs enough, else 0."""
        if self.format is Format.JSON:
            from gitopsgen.report import json

            _put(sys.stdout, json.document(report))
        else:
            for line in report.lines:
                _put(sys.stdout, line)
            sys.stdout.flush()
            self._print_findings(report)
        return int(any(_weighs(finding.severity, fail_on) for finding in report.findings))

    def brief(self, verbose: bool) -> Console:
        """Give the same console, with the first warnings of each code alone unless all are wanted."""
        return self if verbose else replace(self, most=_MOST_WARNINGS)

    @contextmanager
    def working(self, what: str) -> Iterator[Callable[[int, int], None] | None]:
        """Say on a terminal what takes so long, after half a second, and wipe it at the end.

        Gives what tells how much of it is done, or None where nobody watches.
        """
        if self.quiet or self.format is not Format.TEXT or not is_terminal(sys.stderr):
            yield None
            return
        began, said = time.monotonic(), what

        def tell(_signal: int = 0, _frame: FrameType | None = None) -> None:
            _show(f"{said} … {time.monotonic() - began:.0f} s")

        def count(done: int, total: int) -> None:
            nonlocal said
            said = f"{what} {done}/{total}" if done < total else what
            if time.monotonic() - began >= _PATIENCE:
                tell()

        # a timer of the process instead of a thread: some of what runs meanwhile forks
        before = signal.signal(signal.SIGALRM, tell)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE, 1)
        try:
            yield count
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            _show("")

    def _print_findings(self, report: Report) -> None:
        findings = ordered(report.findings)
        if self.format is Format.GITHUB:
            from gitopsgen.report import github

            lines = github.lines(findings)
        else:
            from gitopsgen.report import terminal, text

            paint = terminal.coloured if use_colour(self.colour, sys.stderr) else terminal.plain
            findings.sort(key=lambda one: one.severity is Severity.ERROR)  # nearest to the prompt: what has to be done
            lines = text.lines(findings, self.excerpt or source_lines(self.root), paint, most=self.most)
        for line in lines:
            _put(sys.stderr, line)
        if not self.quiet:
            for line in (*report.summary, *([counted(findings)] if counted(findings) else [])):
                _put(sys.stderr, line)


def open_console(project: Path | None, output: Format, colour: Colour, quiet: bool) -> Console:
    """Find the project and give the console for a command about it."""
    return Console(find_root(project), output, colour, quiet)


def find_root(project: Path | None) -> Path:
    """Give the directory of `gitopsgen.yaml`: the one named, or the nearest upwards."""
    start = (project or Path.cwd()).resolve()
    for directory in (start,) if project else (start, *start.parents):
        if (directory / "gitopsgen.yaml").is_file():
            return directory
    where = f"in {project}" if project else "here or in any directory above"
    raise UsageError(f"no gitopsgen.yaml {where}: run inside a project, or name one with --project DIR")


def use_colour(wanted: Colour, stream: TextIO) -> bool:
    """Decide on colours for a stream: the flag, NO_COLOR and FORCE_COLOR (no-color.org), whether it is a terminal."""
    if wanted is not Colour.AUTO:
        return wanted is Colour.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def is_terminal(stream: TextIO) -> bool:
    """Say whether a person watches the stream on something that knows control codes."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def source_lines(root: Path) -> Callable[[Location], str | None]:
    """Give what finds the text of a line in a file of the project, or None where there is none to show."""
    known: dict[str, list[str]] = {}

    def line_at(location: Location) -> str | None:
        if location.line is None:
            return None
        if location.file not in known:
            known[location.file] = _lines_of(root, location.file)
        lines = known[location.file]
        return lines[location.line - 1] if 0 < location.line <= len(lines) else None

    return line_at


def _lines_of(root: Path, file: str) -> list[str]:
    # not by `source`: its parsers would cost a run with nothing to do but to repeat a warning
    path = (root / file).resolve()
    try:
        if not (path.is_relative_to(root.resolve()) and path.is_file() and path.stat().st_size <= _LARGEST_SHOWN):
            return []
        return path.read_text("utf-8", errors="replace").split("\n")
    except OSError:
        return []


def _weighs(severity: Severity, fail_on: Severity) -> bool:
    return severity is Severity.ERROR or (severity is Severity.WARNING and fail_on is Severity.WARNING)


def _put(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")


def _show(text: str) -> None:
    # back to the line's start and wiped at the end: nothing of it stays in the terminal
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
