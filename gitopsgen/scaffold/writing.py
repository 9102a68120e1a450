"""Files that are written all or not at all: a new folder, or changes of a project."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from gitopsgen.diagnostics import UsageError

Changes = Mapping[str, bytes | None]  # path below the root -> new content; None removes the file


@dataclass(frozen=True, slots=True)
class Made:
    """What a command wrote: files as a person would type them, and what is left to do by hand."""

    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def refuse_existing(directory: Path) -> None:
    """Raise UsageError where something stands in the way of a new folder; an empty folder does not."""
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise UsageError(f"{directory} exists and is no folder")
    if directory.is_dir() and any(directory.iterdir()):
        raise UsageError(f"{directory} exists and is not empty")


def create(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write a new folder: into a temporary one beside it, then renamed, so that it is there whole or not at all."""
    refuse_existing(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=directory.parent, prefix=f".{directory.name}."))
    try:
        for name, content in files.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        staging.chmod(0o777 & ~_umask())
        staging.rename(directory)  # over an empty folder, too
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def apply(root: Path, changes: Changes) -> None:
    """Change files of a project; when one cannot be written, those before it are put back as they were."""
    staged = _stage(root, {name: content for name, content in changes.items() if content is not None})
    before: dict[str, bytes | None] = {}
    try:
        for name in changes:
            path = root / name
            before[name] = path.read_bytes() if path.exists() else None
            if name in staged:
                staged[name].replace(path)
            else:
                path.unlink(missing_ok=True)
    except BaseException:
        for name, content in before.items():
            _restore(root / name, content)
        raise
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
    for name in sorted((name for name, content in changes.items() if content is None), reverse=True):
        _drop_empty(root, (root / name).parent)


def _stage(root: Path, contents: Mapping[str, bytes]) -> dict[str, Path]:
    """Write new contents beside their places: what can go wrong mostly goes wrong here, where nothing has changed."""
    staged: dict[str, Path] = {}
    made: list[Path] = []
    try:
        for name, content in contents.items():
            path = root / name
            made.extend(parent for parent in reversed(path.parents) if not parent.exists())
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            staged[name] = Path(temporary)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            staged[name].chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
    except BaseException:
        for written in staged.values():
            written.unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise
    return staged


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)


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
