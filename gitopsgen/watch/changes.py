"""The inputs of a project that were saved, in batches: what one command or one editor saves at once comes together.

Follows the notes of the operating system (watchfiles); reads no file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

from watchfiles import Change, watch

from gitopsgen.diagnostics import UsageError
from gitopsgen.load import settings_of
from gitopsgen.model.project import Settings

Batch = tuple[str, ...]  # paths relative to the project's root, sorted
_QUIET_MS: Final = 20  # nothing more for so long: the batch is whole
_LONGEST_MS: Final = 400  # and told after so long, whatever else is being saved
_WAKE_MS: Final = 100  # how soon a stop is noticed
SETTINGS: Final = "gitopsgen.yaml"
_AWAY_S: Final = 0.05
_LEFTOVERS: Final = ("~", ".swp", ".swx", ".tmp", ".part")


def batches(root: Path, stop: Event) -> Iterator[Batch]:
    """Give the inputs that change, batch by batch, until `stop` is set.

    An empty batch says that from now on nothing is missed; what was saved before may have been.
    Raises `UsageError` where the directory is no project to begin with.
    """
    settings_of(root)
    while not stop.is_set():
        try:
            for batch in _batches(settings_of(root), stop):
                yield batch
                if SETTINGS in batch:
                    break  # other folders may count now, and an editor may have put another file in its place
        except (FileNotFoundError, UsageError):
            stop.wait(_AWAY_S)  # the settings are away: whoever saves them by renaming will put them back


def _batches(settings: Settings, stop: Event) -> Iterator[Batch]:
    root = settings.root.resolve()
    folders = (settings.blueprints, settings.overlays, *settings.judging)
    inputs = [root / name for name in folders if (root / name).is_dir()]
    found = watch(
        root / SETTINGS,
        *inputs,
        watch_filter=lambda _, path: not _is_leftover(Path(path).name),
        debounce=_LONGEST_MS,
        step=_QUIET_MS,
        stop_event=stop,
        rust_timeout=_WAKE_MS,
        yield_on_timeout=True,
    )
    next(found, None)  # notes are taken from here on; what came at once is looked at with all else
    yield ()
    for changes in found:
        came = {path for change, path in changes if change is Change.added}
        # what came and went was an editor's, on its way to the name that it is for
        paths = {Path(path) for _, path in changes if path not in came or Path(path).exists()}
        if paths:
            yield tuple(sorted(path.relative_to(root).as_posix() for path in paths))


def _is_leftover(name: str) -> bool:
    """Tell whether a file is one that an editor keeps beside the real one."""
    return name.startswith((".", "#")) or name.endswith(_LEFTOVERS)
