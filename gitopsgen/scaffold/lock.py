"""What was scaffolded, from which template and answers: `.scaffold/<kind>-<name>.yaml`.

It keeps each file as the template made it, and what was put into files that were there, so that a newer template can
be merged with what people made of it since, in any checkout and without the tool of that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from gitopsgen import __version__
from gitopsgen.diagnostics import UsageError
from gitopsgen.emit import emit

FOLDER: Final = ".scaffold"


@dataclass(frozen=True, slots=True)
class Lock:
    """One scaffolded thing; `base` is the folder of `files`, relative to the root of the repository."""

    kind: str
    name: str
    template: str
    digest: str
    answers: Mapping[str, str]
    files: Mapping[str, str]  # path relative to the root -> text as the template made it
    base: str = ""
    entries: Mapping[str, str] = field(default_factory=dict)  # of files that were there: what the template put in

    @property
    def path(self) -> str:
        """Where the lock stands."""
        return lock_path(self.kind, self.name)

    def content(self) -> bytes:
        """Give the lock as text."""
        document = {
            "kind": self.kind,
            "name": self.name,
            "template": {"name": self.template, "digest": self.digest, "tool": __version__},
            "base": self.base,
            "answers": dict(self.answers),
            "files": dict(self.files),
            **({"entries": dict(self.entries)} if self.entries else {}),
        }
        head = "# Written by gitopsgen; `gitopsgen upgrade` merges newer templates with its help. Not edited by hand.\n"
        return (head + emit(document)).encode("utf-8")


def lock_path(kind: str, name: str) -> str:
    """Give where the lock of a scaffolded thing stands."""
    return f"{FOLDER}/{kind}-{name}.yaml"


def read_lock(root: Path, path: str) -> Lock:
    """Read a lock; raises UsageError where it is none."""
    try:
        raw: Any = yaml.load((root / path).read_text("utf-8"), Loader=yaml.CSafeLoader)
        return Lock(
            kind=raw["kind"],
            name=raw["name"],
            template=raw["template"]["name"],
            digest=raw["template"]["digest"],
            answers=_texts(raw["answers"]),
            files=_texts(raw["files"]),
            base=str(raw["base"]),
            entries=_texts(raw.get("entries", {})),
        )
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no lock that gitopsgen wrote: {error}") from None


def locks(root: Path) -> Iterator[Lock]:
    """Give all locks of a repository, by name."""
    for path in sorted((root / FOLDER).glob("*.yaml")):
        yield read_lock(root, f"{FOLDER}/{path.name}")


def _texts(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise TypeError("expected texts by name")
    return dict(raw)
