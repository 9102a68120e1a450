"""`gitopsgen watch`: renders and checks whenever a file is saved."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from signal import SIGINT, SIGTERM, default_int_handler, signal
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

from gitopsgen.cli.console import Console, open_console
from gitopsgen.cli.options import Color, Colour, DryRun, Format, ProjectDirectory, Quiet, Verbose, option, subcommand
from gitopsgen.diagnostics import Diagnostic, Severity, UsageError

if TYPE_CHECKING:
    from types import FrameType

    from gitopsgen.model.project import Project
    from gitopsgen.pipeline import RenderReport
    from gitopsgen.watch import Batch, PageMaker

app = subcommand()


@app.command()
def watch(
    dry_run: DryRun = False,
    page: Annotated[bool, option("--page", help="Serve the page of `report` on this machine, and reload it.")] = False,
    port: Annotated[int, option("--port", min=0, max=65535, help="The page's port; 0: any free one.")] = 0,
    base: Annotated[
        str, option("--base", metavar="REVISION", help="Show on the page also what changed since then.")
    ] = "",
    open_page: Annotated[bool, option("--open", help="Show the page in the browser; as --page.")] = False,
    verbose: Verbose = False,
    project: ProjectDirectory = None,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Render and check whenever a file is saved, until Ctrl-C.

    What is wrong with a file itself, its values or its template, is told at once; then the cities that depend on it are
    rendered and checked, then the rest of the fleet as far as it changes. What is right is written as by `render`.

    gitopsgen watch --page
    """
    console = open_console(project, Format.TEXT, color, quiet).brief(verbose)
    watching = _Watching(console, dry_run)
    stop = Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        stop.set()  # an interrupt can be lost on the way, in a callback of the collector: this cannot
        default_int_handler(number, frame)

    for number in (SIGINT, SIGTERM):
        signal(number, interrupt)
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        if page or open_page:
            watching.maker = _serve(console, stack, (port, base, open_page))
        watching.run(stop)
    _say(console, "stopped")
    return 0


def _serve(console: Console, stack: ExitStack, how: tuple[int, str, bool]) -> PageMaker:
    from gitopsgen.watch import PageMaker, PageServer

    port, base, open_page = how
    folder = console.root / ".gitopsgen" / "report"
    server = PageServer(folder, port)
    stack.callback(server.close)

    def made(problem: str) -> None:
        _say(console, problem or f"the page is new: {server.address}")
        if not problem:
            server.tell()

    maker = PageMaker(console.root, folder, ("--base", base) if base else (), made)
    stack.callback(maker.stop)
    _say(console, f"the page: {server.address}")
    if open_page:
        import webbrowser

        webbrowser.open(server.address)
    return maker


class _Watching:
    """Tells of one project what follows from each batch of saved files."""

    def __init__(self, console: Console, dry_run: bool) -> None:
        from gitopsgen.load import Memory

        self.console = console
        self.dry_run = dry_run
        self.maker: PageMaker | None = None
        self.memory = Memory()
        self.project: Project | None = None  # as it was read last: what is asked of it may be old

    def run(self, stop: Event) -> None:
        """Render all once, then go on until stopped."""
        from gitopsgen.watch import batches

        for batch in batches(self.console.root, stop):
            if batch:
                _say(self.console, f"saved: {', '.join(_few(batch))}")
                if not self._is_readable(batch):
                    continue
            self._follow(batch)
            self._make_page()
            self._remember()
            if not batch:
                _say(self.console, "watching; Ctrl-C stops")

    def _is_readable(self, batch: Batch) -> bool:
        """Tell at once what cannot be read; whether it makes sense to go on."""
        from gitopsgen.report import Report
        from gitopsgen.watch import first_look

        found = first_look(self.console.root, batch)
        return not (found and self.console.finish(Report(found)))

    def _remember(self) -> None:
        """Read all once more, so that the next saved file is the only one to read."""
        from gitopsgen.load import load
        from gitopsgen.load.settings import SETTINGS_FILE

        with suppress(UsageError, OSError):
            self.project = load(self.console.root, memory=self.memory).value
            self._look((SETTINGS_FILE,))  # so that nothing has to be imported or made ready then
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # what stays is not looked through again while somebody waits

    def _follow(self, batch: Batch) -> None:
        from gitopsgen.load import settings_of
        from gitopsgen.watch import regions_of

        try:
            alone = regions_of(settings_of(self.console.root), batch)
        except UsageError as error:  # no gitopsgen.yaml, for now
            _say(self.console, f"error: {error}")
            return
        if self._is_right(batch) and (not alone or self._render(alone)):
            self._render(())

    def _is_right(self, batch: Batch) -> bool:
        """Tell at once what the values and templates say in one city; whether it makes sense to go on."""
        from gitopsgen.report import Report

        with suppress(UsageError, OSError):  # told by the run that follows
            errors = tuple(one for one in self._look(batch) if one.severity is Severity.ERROR)
            return not (errors and self.console.finish(Report(errors)))
        return True

    def _look(self, batch: Batch) -> tuple[Diagnostic, ...]:
        """Give what is wrong in the city that is soonest rendered of those that depend on some files."""
        from gitopsgen.compose import Selection
        from gitopsgen.pipeline.concerned import concerned
        from gitopsgen.pipeline.glance import glance

        if not batch or not self.project or not self.project.regions:
            return ()
        return glance(self.console.root, Selection(regions=concerned(self.project, batch)), batch, self.memory)

    def _render(self, regions: tuple[str, ...]) -> bool:
        """Render some regions, or the fleet, and tell what was found; whether all is right."""
        from gitopsgen.cli.render import processors
        from gitopsgen.compose import Selection
        from gitopsgen.pipeline import RenderOptions
        from gitopsgen.pipeline import render as run
        from gitopsgen.report import Report

        start = perf_counter()
        jobs = 1 if regions else processors()
        options = RenderOptions(Selection(regions=regions), dry_run=self.dry_run, jobs=jobs, memory=self.memory)
        try:
            with self.console.working("rendering") as progress:
                done = run(self.console.root, options, progress)
        except (UsageError, OSError) as error:  # of what was just saved: the next save may mend it
            _say(self.console, f"error: {error}")
            return False
        failed = self.console.finish(Report(done.diagnostics, lines=self._lines(done, regions, perf_counter() - start)))
        return not failed

    def _lines(self, done: RenderReport, regions: tuple[str, ...], took: float) -> Iterator[str]:
        from gitopsgen.cli.render import sentence

        if not self.console.quiet:
            yield f"{', '.join(_few(regions)) if regions else 'fleet'}: {sentence(done, self.dry_run)} ({took:.1f} s)"

    def _make_page(self) -> None:
        if self.maker:
            self.maker.start()


def _few(names: tuple[str, ...]) -> list[str]:
    most = 3
    return [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]


def _say(console: Console, text: str) -> None:
    if not console.quiet:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
