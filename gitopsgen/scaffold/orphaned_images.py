"""Entries of the image lock that nothing names any more once something is taken out: they go with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gitopsgen.model.project import Project
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.edits import data
from gitopsgen.scaffold.project import folders_of

_NAMING: Final = (".yaml", ".j2")  # values and templates; prose names images that nobody runs


def forget_images(draft: Draft, project: Project) -> None:
    """Cut the entries whose repository blueprints and overlays name now, and as they will be no more.

    What nothing has named before stays: a pipeline may have locked it ahead.
    """
    root, folders = project.settings.root, folders_of(project)
    lock = f"{folders.overlays}/images.lock.yaml"
    if not draft.has(lock):
        return
    files = [
        path.relative_to(root).as_posix()
        for folder in (folders.blueprints, folders.overlays)
        for path in (root / folder).rglob("*")
        if path.is_file() and path.suffix in _NAMING
    ]
    named = [file for file in files if file != lock]
    before = [(root / file).read_text("utf-8", "replace") for file in named if file in draft.changes]
    after = [draft.text(file) for file in named if draft.has(file)]
    for image in sorted((data(draft.text(lock), lock) or {}).get("images") or {}):
        if _is_named(image, before) and not _is_named(image, after):
            draft.cut(lock, ("images", image))


def _is_named(image: str, texts: Iterable[str]) -> bool:
    repository = image.rpartition(":")[0]
    name = re.compile(rf"(?<![\w.-]){re.escape(repository)}(?![\w./-])")
    return any(repository in text and name.search(text) for text in texts)
