"""The inputs of a project that are not in the one layout; knows which files people write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Severity, UsageError
from gitopsgen.load import settings_of
from gitopsgen.load.settings import SETTINGS_FILE
from gitopsgen.source import FindingKind, UnformattableError, decode, formatted, read_bytes, walk
from gitopsgen.template.layout import formatted_template

UNFORMATTED: Final = FindingKind("GG147", "unformatted-file")
UNFORMATTABLE: Final = FindingKind("GG148", "unformattable-file", Severity.WARNING)
_TEMPLATE: Final = ".j2"
_NAMES: Final = ("blueprint", "component", "values")


def unformatted(root: Path, named: Iterable[str] = ()) -> Outcome[dict[str, tuple[str, str]]]:
    """Give the files that are not in the one layout, each with its text now and the one it should have.

    `named` are files and folders of the project; all inputs otherwise. A file that cannot be laid out anew without
    a risk to what it says is reported and left alone.
    Raises UsageError for what is named and is no input that people write.
    """
    changes: dict[str, tuple[str, str]] = {}
    found: list[Diagnostic] = []
    for file in _chosen(_inputs(root), tuple(named)):
        outcome = read_bytes(root, file)
        text = decode(file, outcome.value) if outcome.value is not None else Outcome(None)
        found += [*outcome.diagnostics, *text.diagnostics]
        if text.value is None:
            continue
        try:
            new = (formatted_template if file.endswith(_TEMPLATE) else formatted)(file, text.value)
        except UnformattableError as error:
            found.append(UNFORMATTABLE.at(Location(file), f"it is left as it is: {error}"))
            continue
        if new != text.value:
            changes[file] = (text.value, new)
    return Outcome(changes, tuple(found))


def report(changes: dict[str, tuple[str, str]]) -> Iterator[Diagnostic]:
    """Give a finding for each file that is not in the one layout, at the first line that differs."""
    for file, (old, new) in changes.items():
        pairs = zip(old.split("\n"), new.split("\n"), strict=False)
        line = next((number for number, (one, two) in enumerate(pairs, 1) if one != two), 1)
        yield UNFORMATTED.at(Location(file, line), "file is not in the one layout", "run gitopsgen fmt")


def difference(file: str, old: str, new: str) -> Iterator[str]:
    """Give what changes in a file, as a unified diff."""
    yield from unified_diff(old.splitlines(), new.splitlines(), file, file, lineterm="")


def _inputs(root: Path) -> list[str]:
    """Give the files that people write and the tool reads as YAML or as templates; native files are not touched."""
    settings = settings_of(root)
    overlays = [file for file in walk(root, settings.overlays).value if file.endswith(".yaml")]
    blueprints = settings.blueprints
    yaml = [f"{blueprints}/{place}/{name}.yaml" for place in ("*", "components/*") for name in _NAMES]
    files = [file for file in walk(root, blueprints).value if "/files/" not in file]
    own = [file for file in files if file.endswith(_TEMPLATE) or _matches(file, yaml)]
    return sorted([SETTINGS_FILE, *overlays, *own])


def _matches(file: str, globs: Iterable[str]) -> bool:
    depth = file.count("/")
    return any(glob.count("/") == depth and fnmatchcase(file, glob) for glob in globs)


def _chosen(files: list[str], named: tuple[str, ...]) -> list[str]:
    for name in named:
        if not any(_is_below(file, name) for file in files):
            raise UsageError(f'"{name}" is no overlay, blueprint file, values or template of the project')
    return [file for file in files if not named or any(_is_below(file, name) for name in named)]


def _is_below(file: str, name: str) -> bool:
    return name in ("", ".") or file == name or file.startswith(f"{name}/")
