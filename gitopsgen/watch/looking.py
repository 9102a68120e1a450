"""What can be said of a changed file before anything is rendered: whether it can be read, and whom it is about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.model.project import Settings
from gitopsgen.source import read, read_bytes, read_json

_REGION_PARTS: Final = 2  # the region's folder, and something in it


def first_look(root: Path, files: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Give what is wrong with the YAML and JSON files among these, each by itself; those that are gone are left out."""
    found: list[Diagnostic] = []
    for file in files:
        reader = read_json if file.endswith(".json") else read if file.endswith((".yaml", ".yml")) else None
        if reader and (root / file).is_file():
            content = read_bytes(root, file)
            found += content.diagnostics
            found += reader(file, content.value).diagnostics if content.value is not None else ()
    return tuple(found)


def regions_of(settings: Settings, files: Iterable[str]) -> tuple[str, ...]:
    """Give the regions that alone depend on these files; none where any of them concerns others too."""
    folder, found = f"{settings.overlays}/regions/", set[str]()
    for file in files:
        parts = file.removeprefix(folder).split("/")
        if not file.startswith(folder) or len(parts) < _REGION_PARTS:
            return ()
        found.add(parts[0])
    return tuple(sorted(found))
