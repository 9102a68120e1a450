"""Files that are written all or not at all: a new folder, or changes of a project."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import UsageError

Changes = Mapping[str, bytes | None]  # path below the root -> new content; None removes the file
Undo = Callable[[], None]  # takes back what was written

# What an empty repository that was just made or cloned has; it is never touched.
_GIT: Final = ".git"


def nothing() -> None:
    """Take nothing back."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a command wrote: files as a person would type them, what is left to do by hand, and the way back."""

    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    undo: Undo = field(default=nothing, compare=False, repr=False)


def refuse_existing(directory: Path) -> None:
    """Raise UsageError where something stands in the way of a new folder; an empty one or an empty repository does not.

    Also where a folder above it is a file.
    """
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise UsageError(f"{directory} exists and is no folder")
    if directory.is_dir() and _contents(directory):
        raise UsageError(f"{directory} exists and is not empty: expected no folder, an empty one, or a new repository")
    above = next(parent for parent in directory.absolute().parents if parent.exists())
    if not above.is_dir():
        raise UsageError(f"{directory} cannot be made: {above} is no folder")


def create(directory: Path, files: Mapping[str, bytes]) -> Undo:
    """Write a new folder: into a temporary one, then renamed, so that it is there whole or not at all.

    A folder that is there stays the same one, since a shell may stand in it; what goes in is renamed piece by piece.
    The way back takes out all that came in since, also what others than this function wrote there.
    """
    refuse_existing(directory)
    is_new = not directory.exists()
    made = _missing(directory.absolute().parent)
    undo = partial(_emptied, directory, made, is_new=is_new)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        home = directory.parent if is_new else directory
        staging = Path(tempfile.mkdtemp(dir=home, prefix=f".{directory.absolute().name}."))
        try:
            for name, content in files.items():
                path = staging / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if is_new:
                staging.chmod(0o777 & ~_umask())
                staging.rename(directory)
            else:
                for path in sorted(staging.iterdir()):
                    path.rename(directory / path.name)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except BaseException:
        undo()
        raise
    return undo


def apply(root: Path, changes: Changes) -> Undo:
    """Change files of a project; when one cannot be written, those before it are put back as they were."""
    folders = _missing(*((root / name).parent for name in changes))
    before: dict[Path, tuple[bytes, int] | None] = {}
    undo = partial(_put_back, before, folders)
    staged: dict[str, Path] = {}
    try:
        staged = _stage(root, {name: content for name, content in changes.items() if content is not None})
        for name in changes:
            path = root / name
            before[path] = (path.read_bytes(), path.stat().st_mode & 0o777) if path.exists() else None
            if name in staged:
                staged[name].replace(path)
            else:
                path.unlink(missing_ok=True)
        for name in sorted((name for name, content in changes.items() if content is None), reverse=True):
            _drop_empty(root, (root / name).parent)
    except BaseException:
        undo()
        raise
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
    return undo


@contextmanager
def taken_back_unless_done(*undos: Undo) -> Iterator[None]:
    """Take back what was written, the last first, when what follows it fails or is interrupted."""
    try:
        yield
    except BaseException:
        for undo in reversed(undos):
            undo()
        raise


def _stage(root: Path, contents: Mapping[str, bytes]) -> dict[str, Path]:
    """Write new contents beside their places: what can go wrong mostly goes wrong here, where nothing has changed."""
    staged: dict[str, Path] = {}
    try:
        for name, content in contents.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            staged[name] = Path(temporary)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            staged[name].chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
    except BaseException:
        for written in staged.values():
            written.unlink(missing_ok=True)
        raise
    return staged


def _put_back(before: Mapping[Path, tuple[bytes, int] | None], folders: Iterable[Path]) -> None:
    for path, known in before.items():
        if known is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(known[0])
            path.chmod(known[1])
    _remove_folders(folders)


def _emptied(directory: Path, made: Iterable[Path], *, is_new: bool) -> None:
    for path in _contents(directory) if directory.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    _remove_folders([*made, directory] if is_new else made)


def _contents(directory: Path) -> list[Path]:
    return [path for path in directory.iterdir() if path.name != _GIT]


def _missing(*folders: Path) -> list[Path]:
    """Give the folders that are not there yet, and those above them, the outer ones first."""
    found = {each for folder in folders for each in (folder, *folder.parents) if not each.exists()}
    return sorted(found, key=lambda each: len(each.parts))


def _remove_folders(folders: Iterable[Path]) -> None:
    for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()


def _drop_empty(root: Path, folder: Path) -> None:
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
