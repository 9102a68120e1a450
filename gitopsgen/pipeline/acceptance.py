"""Findings of a render that comments accept: they stand in nobody's way, and are counted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.pipeline.suppressions import Comments, is_of_manifests

_LARGEST: Final = 1 << 24  # bytes of a text that somebody wrote


class Acceptance:
    """The comments in the inputs of one project; `complaints` are about those without a reason."""

    def __init__(self, root: Path, edits: Mapping[str, bytes]) -> None:
        """Take where the inputs are, and those that are to become others."""
        self._root = root.resolve()
        self._edits = edits
        self._comments: dict[str, Comments] = {}

    def accepts(self, found: Diagnostic) -> bool:
        """Tell whether a comment accepts a finding."""
        return is_of_manifests(found) and self._of(found.location.file).accepting(found) is not None

    @property
    def complaints(self) -> tuple[Diagnostic, ...]:
        """What is wrong with comments in files that something was found in."""
        return tuple(one for comments in self._comments.values() for one in comments.complaints)

    def _of(self, file: str) -> Comments:
        if file not in self._comments:
            self._comments[file] = Comments(file, self._text(file))
        return self._comments[file]

    def _text(self, file: str) -> str:
        if file in self._edits:
            return self._edits[file].decode("utf-8", "replace")
        path = (self._root / file).resolve()
        is_ours = path.is_relative_to(self._root) and path.is_file() and path.stat().st_size <= _LARGEST
        return path.read_text("utf-8", errors="replace") if is_ours else ""
