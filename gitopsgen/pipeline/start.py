"""`render`, with the run that has nothing to do answered before anything large is imported."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gitopsgen.pipeline.options import RenderOptions, RenderReport
from gitopsgen.pipeline.quick import unchanged_fleet


def render(root: Path, options: RenderOptions, progress: Callable[[int, int], None] | None = None) -> RenderReport:
    """Bring the output tree up to date with the inputs, or tell what stands in the way.

    Raises `UsageError` where the selection makes no sense, or `root` is no project.
    """
    unchanged = unchanged_fleet(root, options)
    if unchanged:
        return unchanged
    with uncollected():
        from gitopsgen.pipeline.rendering import render_fleet  # noqa: PLC0415 - see above

        return render_fleet(root, options, progress)


@contextmanager
def uncollected() -> Iterator[None]:
    """Stop the search for cycles, of which a run makes none worth finding: it costs a sixth of a run."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # What stands now is old: else the next object made has all of it looked through, a twentieth of a run.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
