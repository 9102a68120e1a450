"""What a command needs of `gitopsgen.yaml` alone: the rest of the project need not be sound for that."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.diagnostics import UsageError

if TYPE_CHECKING:
    from gitopsgen.model.project import Settings


def settings_of(root: Path) -> Settings:
    """Read the settings of a project."""
    from gitopsgen.load.inputs import Inputs
    from gitopsgen.load.settings import read_settings

    return read_settings(Inputs(root))


def below_root(root: Path, paths: Iterable[str], output: Path | None = None) -> list[str]:
    """Give paths of the output tree as a person in the project's root would type them."""
    inner = list(paths)
    if not inner:  # the common run: the settings need not be read
        return []
    if output is None:
        label = settings_of(root).generated
    else:
        label = output.relative_to(root).as_posix() if output.is_relative_to(root) else output.as_posix()
    return [f"{label}/{path}" for path in inner]


def folder_of(output_dir: Path | None) -> Path | None:
    """Give where output was said to stand; raises UsageError where no folder is."""
    if output_dir and not output_dir.is_dir():
        raise UsageError(f'--output-dir: "{output_dir}" is no folder')
    return output_dir.absolute() if output_dir else None


def from_here(file: str) -> str:
    """Give a path that stands below the working directory as an absolute one; others are relative to the root."""
    here = Path.cwd() / file.partition("#")[0].partition("=")[0]
    return str(Path.cwd() / file) if here.exists() else file
