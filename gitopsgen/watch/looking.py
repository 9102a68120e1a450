"""What can be said of a changed file before anything is rendered: whether it can be read, and whom it is about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic, UsageError
from gitopsgen.load import settings_of
from gitopsgen.model.project import Settings
from gitopsgen.source import read, read_bytes, read_json

_REGION_PARTS: Final = 2  # the region's folder, and something in it
_SETTINGS: Final = "gitopsgen.yaml"
_OF_A_PACKAGE: Final = {"blueprint.yaml", "component.yaml", "values.yaml", "values.schema.json"}


def first_look(root: Path, files: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Give what is wrong with the files of data among these, each by itself; those that are gone are left out."""
    found: list[Diagnostic] = []
    overlays, blueprints = _folders(root)
    for file in files:
        is_overlay = file.startswith(overlays) and file.endswith(".yaml")
        is_data = is_overlay or file == _SETTINGS or _is_of_a_package(file, blueprints)
        if is_data and (root / file).is_file():
            content = read_bytes(root, file)
            found += content.diagnostics
            found += _read(file, content.value, merge_tags=is_overlay) if content.value is not None else ()
    return tuple(found)


def _folders(root: Path) -> tuple[str, str]:
    try:
        settings = settings_of(root)
    except UsageError:  # told by whoever looks at all
        return "overlays/", "blueprints/"
    return f"{settings.overlays}/", f"{settings.blueprints}/"


def _is_of_a_package(file: str, blueprints: str) -> bool:
    """Tell whether a file is one of a blueprint or a component that is read as data; the others are texts."""
    steps = file.removeprefix(blueprints).split("/")
    depth = 3 if steps[0] == "components" else 2
    return file.startswith(blueprints) and len(steps) == depth and steps[-1] in _OF_A_PACKAGE


def _read(file: str, content: bytes, *, merge_tags: bool) -> tuple[Diagnostic, ...]:
    """Give what cannot be read; where a merge tag has no meaning is told with the layers."""
    if file.endswith(".json"):
        return read_json(file, content).diagnostics
    return read(file, content, merge_tags=merge_tags).diagnostics


def regions_of(settings: Settings, files: Iterable[str]) -> tuple[str, ...]:
    """Give the regions that alone depend on these files; none where any of them concerns others too."""
    folder, found = f"{settings.overlays}/regions/", set[str]()
    for file in files:
        parts = file.removeprefix(folder).split("/")
        if not file.startswith(folder) or len(parts) < _REGION_PARTS:
            return ()
        found.add(parts[0])
    return tuple(sorted(found))
