"""The schemas for editors as files of a project, and the lines in its files that name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic, Location, Outcome
from gitopsgen.load.editors import (
    CATALOGUE,
    FOLDER,
    MODELINE,
    EditorSchema,
    editor_schemas,
    files_of,
    schema_for,
    with_modeline,
)
from gitopsgen.scaffold.writing import Changes, apply
from gitopsgen.source import FindingKind, walk

STALE: Final = FindingKind("GG145", "stale-editor-schema")
UNNAMED: Final = FindingKind("GG146", "unnamed-editor-schema")
_OF_A_PART: Final = re.compile(r"(values|overlay-case|component-values)-[a-z0-9-]+\.json")


def changed_schemas(root: Path, folder: str = FOLDER) -> Outcome[Changes]:
    """Give what has to be written and removed so that the folder has the schemas of the project as it is."""
    made = editor_schemas(root)
    if made.failed:
        return Outcome({}, made.diagnostics)
    wanted = {f"{folder}/{name}": text.encode("utf-8") for name, text in files_of(made.value).items()}
    changes: dict[str, bytes | None] = {
        name: content for name, content in wanted.items() if _content(root / name) != content
    }
    present = (root / folder).glob("*.json") if (root / folder).is_dir() else ()
    gone = {f"{folder}/{path.name}" for path in present if _OF_A_PART.fullmatch(path.name)} - set(wanted)
    return Outcome(dict(sorted({**changes, **dict.fromkeys(gone)}.items())))


def changed_modelines(root: Path, schemas: tuple[EditorSchema, ...], folder: str = FOLDER) -> dict[str, bytes]:
    """Give the files of a project whose first line has to name their schema and does not."""
    changes = {}
    starts = sorted({glob.partition("*")[0].rpartition("/")[0] for one in schemas for glob in one.files})
    tops = [start for start in starts if start and not any(start.startswith(f"{other}/") for other in starts if other)]
    files = {file for top in tops for file in walk(root, top).value} | {"gitopsgen.yaml"}
    for file in sorted(files):
        schema = schema_for(schemas, file)
        if schema is None:
            continue
        text = (root / file).read_bytes().decode("utf-8", errors="surrogateescape")
        new = with_modeline(text, file, schema, folder)
        if new != text:
            changes[file] = new.encode("utf-8", errors="surrogateescape")
    return changes


def stale(root: Path, changes: Changes) -> tuple[Diagnostic, ...]:
    """Give a finding for each schema that is not as it has to be."""
    hint = "run gitopsgen schema --write"
    folder = next((name.rpartition("/")[0] for name in changes if name.endswith(f"/{CATALOGUE}")), "")
    if folder and not (root / folder / CATALOGUE).is_file():
        return (STALE.at(Location(folder), "the project keeps no schemas for editors", hint),)
    return tuple(
        STALE.at(Location(name), f"schema is not what the project gives: {_difference(content)}", hint)
        for name, content in changes.items()
    )


def unnamed(changes: Changes) -> tuple[Diagnostic, ...]:
    """Give a finding for each file whose first line does not name its schema."""
    hint = "run gitopsgen schema --modelines"
    message = "the first line does not tell editors which schema the file has"
    return tuple(UNNAMED.at(Location(name, 1, 1), message, hint) for name in changes)


def refreshed(root: Path, made: Iterable[str] = ()) -> tuple[str, ...]:
    """Bring the schemas of a project up to date, where it keeps them; tell that it was done.

    Where it keeps none, the files that were just `made` do not name them either.
    """
    if not _keeps(root):
        apply(root, {file: text for file in made if (text := _without_modeline(root / file)) is not None})
        return ()
    changes = changed_schemas(root).value
    apply(root, changes)
    return (f"schemas for editors brought up to date in {FOLDER}: {len(changes)}",) if changes else ()


def _keeps(root: Path) -> bool:
    """Tell whether a project keeps schemas: they are there, or its settings name theirs, as `upgrade` lets them."""
    settings = _content(root / "gitopsgen.yaml") or b""
    return (root / FOLDER / CATALOGUE).is_file() or settings.startswith(MODELINE.encode())


def _without_modeline(path: Path) -> bytes | None:
    """Give a file's content without its first line, None where that names no schema."""
    content = _content(path) or b""
    return content.partition(b"\n")[2] if content.startswith(MODELINE.encode()) else None


def _difference(content: bytes | None) -> str:
    return "nothing has it any more" if content is None else "it is missing, or differs"


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
