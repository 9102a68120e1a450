"""Changes of a project that are made up in memory, and written together at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gitopsgen.diagnostics import UsageError
from gitopsgen.scaffold.edits import with_missing, without


@dataclass(slots=True)
class Draft:
    """The files of a project as they will be; `root` is None where there is no project yet."""

    root: Path | None
    changes: dict[str, bytes | None] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Say whether a file will be there."""
        if name in self.changes:
            return self.changes[name] is not None
        return self.root is not None and (self.root / name).is_file()

    def text(self, name: str) -> str:
        """Give a file's text as it will be; raises UsageError where there is none."""
        content = self.changes.get(name)
        if content is None and (name in self.changes or not self.has(name)):
            raise UsageError(f"there is no {name}: it is needed for this")
        if content is None and self.root is not None:
            content = (self.root / name).read_bytes()
        try:
            return (content or b"").decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError(f"{name} is no UTF-8 text") from None

    def add(self, files: Mapping[str, bytes]) -> None:
        """Add files; what is there already stays as it is."""
        self.changes.update({name: content for name, content in files.items() if not self.has(name)})

    def merge(self, name: str, fragment: str) -> None:
        """Put into a YAML file what a fragment has and it has not."""
        self.write(name, with_missing(self.text(name), fragment, name))

    def cut(self, name: str, path: tuple[str | int, ...]) -> None:
        """Cut a member out of a YAML file."""
        self.write(name, without(self.text(name), path, name))

    def write(self, name: str, text: str) -> None:
        """Give a file another text."""
        if not self.has(name) or text != self.text(name):
            self.changes[name] = text.encode("utf-8")

    def remove(self, name: str) -> None:
        """Remove a file."""
        self.changes[name] = None

    @property
    def written(self) -> tuple[str, ...]:
        """The files that will be new or another."""
        return tuple(sorted(name for name, content in self.changes.items() if content is not None))
