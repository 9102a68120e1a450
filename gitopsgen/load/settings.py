"""`gitopsgen.yaml`: where the project's folders are, and which tool may render it."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, Final

from gitopsgen import __version__
from gitopsgen.diagnostics import UsageError
from gitopsgen.load.findings import INVALID_FACT, TOOL_TOO_OLD, UNSAFE_PATH
from gitopsgen.load.shapes import check_shape
from gitopsgen.model.project import Settings
from gitopsgen.source import is_inside
from gitopsgen.values import Problem

if TYPE_CHECKING:
    from pathlib import Path as Directory

    from gitopsgen.load.inputs import Inputs

SETTINGS_FILE: Final = "gitopsgen.yaml"
_FOLDERS: Final = ("blueprints", "overlays", "generated", "schemas", "policies", "rules")
_COMPARE: Final = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


def read_settings(inputs: Inputs) -> Settings:
    """Read the settings; raises UsageError where there are none, since then there is no project."""
    if not (inputs.root / SETTINGS_FILE).is_file():
        raise UsageError(f'no "{SETTINGS_FILE}" in this directory: it is not the root of a project')
    raw = inputs.yaml(SETTINGS_FILE)
    if not isinstance(raw, dict) or not check_shape(inputs, "settings", SETTINGS_FILE, raw):
        # What Argo CD is told is made of this as it stands, so it counts as not given.
        known = {key: value for key, value in raw.items() if key != "argocd"} if isinstance(raw, dict) else {}
        return _settings(inputs.root, known)
    if not _satisfies(__version__, raw["requires"]):
        message = f'project requires gitopsgen "{raw["requires"]}", this is {__version__}'
        inputs.report(SETTINGS_FILE, Problem(TOOL_TOO_OLD, ("requires",), message, "install a version that fits"))
    _check_paths(inputs, raw.get("paths", {}))
    return _settings(inputs.root, raw)


def _settings(root: Directory, raw: dict[str, Any]) -> Settings:
    """Give a record of what is known; what has the wrong type has been reported and counts as not given."""
    repository = raw.get("repository")
    place = repository if isinstance(repository, dict) else {}
    paths = raw.get("paths")
    folders = {
        name: path.rstrip("/")
        for name, path in (paths.items() if isinstance(paths, dict) else ())
        if name in _FOLDERS and isinstance(path, str) and _is_safe(root, path)
    }
    return Settings(
        root=root,
        repository_url=str(place.get("url", "")),
        revision=str(place.get("revision", "")),
        registry=str(raw.get("registry", "")),
        requires=str(raw.get("requires", "")),
        raw=raw,
        **folders,
    )


def _check_paths(inputs: Inputs, paths: dict[str, str]) -> None:
    for name, path in paths.items():
        if not _is_safe(inputs.root, path):
            message = f'folder "{path}" is not a relative path inside the project'
            inputs.report(SETTINGS_FILE, Problem(UNSAFE_PATH, ("paths", name), message))
    folders = {name: paths.get(name, name).rstrip("/") for name in _FOLDERS if name in paths or name != "rules"}
    for name, path in paths.items():
        for other, folder in folders.items():
            if other != name and f"{folder}/".startswith(f"{path.rstrip('/')}/"):
                message = f'folder "{path}" of {name} holds the folder of {other}'
                inputs.report(SETTINGS_FILE, Problem(INVALID_FACT, ("paths", name), message, "give each its own"))


def _is_safe(root: Directory, path: str) -> bool:
    steps = path.rstrip("/").split("/")
    is_plain = all(re.fullmatch(r"[A-Za-z0-9._-]+", step) and step not in (".", "..") for step in steps)
    return is_plain and is_inside(root, path)


def _satisfies(version: str, required: str) -> bool:
    """Tell whether a version fits all comma-separated bounds."""
    own = _numbers(version)
    for bound in required.split(","):
        match = re.fullmatch(r"\s*([<>=!]=|[<>])\s*([0-9.]+)\s*", bound)
        if match and not _COMPARE[match[1]](own, _numbers(match[2])):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(number) for number in re.findall(r"\d+", version.split("+", 1)[0])[:3]]
    return tuple(numbers + [0] * (3 - len(numbers)))
