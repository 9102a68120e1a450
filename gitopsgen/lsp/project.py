"""The project as it stands in the editor: its files, with the text of open ones in their place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Diagnostic, Location
from gitopsgen.load import Memory, settings_of
from gitopsgen.lsp.positions import Text
from gitopsgen.model.project import Project
from gitopsgen.pipeline import RenderOptions, render
from gitopsgen.pipeline.concerned import concerned
from gitopsgen.pipeline.glance import glance
from gitopsgen.pipeline.project import Opened, open_project
from gitopsgen.source import decode, read_bytes

_SETTINGS: Final = "gitopsgen.yaml"
_FEW: Final = 5  # regions of a project that is rendered whole


@dataclass(slots=True)
class Edited:
    """A project, and what the client has open of it: texts by file, and what the client calls each file."""

    root: Path
    encoding: str
    texts: dict[str, str] = field(default_factory=dict)
    uris: dict[str, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    changed: set[str] = field(default_factory=set)  # files whose findings may be of an older text
    _opened: Opened | None = None
    _last: Project | None = None  # as it was opened last: what is asked of it may be old

    def file_of(self, uri: str) -> str | None:
        """Give the input of the project that the client names, None where it is none."""
        path = Path(unquote(urlsplit(uri).path))
        if not path.is_relative_to(self.root):
            path = path.resolve()  # the client may have come here by a link
        if not uri.startswith("file:") or not path.is_relative_to(self.root):
            return None
        file = path.relative_to(self.root).as_posix()
        settings = settings_of(self.root)
        is_input = file.startswith((f"{settings.blueprints}/", f"{settings.overlays}/")) or file == _SETTINGS
        return file if is_input and not path.name.startswith(".") else None

    def uri_of(self, file: str) -> str:
        """Give what the client calls a file."""
        return self.uris.get(file) or f"file://{quote(str(self.root / file))}"

    def text(self, file: str) -> Text:
        """Give the text of a file, an empty one where it cannot be read."""
        known = self.texts.get(file)
        if known is None:
            raw = read_bytes(self.root, file).value
            known = (decode(file, raw).value if raw is not None else None) or ""
        return Text.of(known, self.encoding)

    def put(self, uri: str, text: str | None) -> bool:
        """Take the text of an open file, None for one that was closed; whether it is one of the project."""
        file = self.file_of(uri)
        if file is None:
            return False
        self._opened = None
        self.texts.pop(file, None)
        self.uris.pop(file, None)
        self.changed.add(file)
        if text is not None:
            self.texts[file], self.uris[file] = text, uri
        return True

    def forget(self) -> None:
        """Read all files anew when someone asks: some were saved."""
        self._opened = None

    @property
    def instead(self) -> dict[str, bytes]:
        """What is read in the place of files."""
        return {file: text.encode("utf-8", "surrogatepass") for file, text in self.texts.items()}

    def opened(self) -> Opened:
        """Give the project loaded and composed; raises UsageError where it is none."""
        if self._opened is None:
            self._opened = open_project(self.root, Selection(), self.instead, self.memory)
            self._last = self._opened.project
        return self._opened

    def glanced(self, files: Collection[str]) -> tuple[Diagnostic, ...]:
        """Give what can be said at once of some files, in one city each."""
        project = self._last or self.opened().project
        selection = Selection(regions=concerned(project, files))
        return glance(self.root, selection, files, self.memory, self.instead)

    def rendered(self) -> tuple[Diagnostic, ...]:
        """Render and check the cities that the open files are about; writes nothing.

        Gives what was found there, and what cannot be read or merged anywhere.
        """
        project = self.opened().project
        regions = () if len(project.known_regions) <= _FEW else concerned(project, self.texts)
        options = RenderOptions(Selection(regions=regions), dry_run=True, edits=self.instead, memory=self.memory)
        found = render(self.root, options).diagnostics
        told = {(one.code, one.location) for one in found}
        return (*found, *(one for one in self.opened().diagnostics if (one.code, one.location) not in told))

    def location(self, place: Location) -> dict[str, object]:
        """Give a place as the protocol's location."""
        return {"uri": self.uri_of(place.file), "range": self.text(place.file).range(place.line, place.column)}

    def href(self, place: Location) -> str:
        """Give a place as a link that editors follow."""
        return f"{self.uri_of(place.file)}#L{place.line}"
