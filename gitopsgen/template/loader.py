"""Templates by path, parsed once: in this process, and on this machine by a cache of parsed trees.

The only place that reads template files. Only files that the project was loaded with can be named.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gitopsgen.template.errors import Spot, TemplateError
from gitopsgen.template.nodes import Parsed

_DIGEST: Final = 32  # bytes of a SHA-256
MAXIMUM_SIZE: Final = 256 * 1024


class Loader:
    """Parsed templates of one project."""

    def __init__(
        self,
        root: Path,
        blueprints: str,
        digests: Mapping[str, str],
        cache: Path | None,
        instead: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """Serve the files of `digests` (path to sha256); `cache` is a file outside the project, or None.

        `instead` gives other contents of some files, as the project was loaded with.
        """
        self.root = root
        self.blueprints = blueprints
        self.digests = dict(digests)
        self._packaged: dict[str, Path] = {}
        self.cache = cache
        self._instead = instead
        self._trees: dict[str, Parsed] = {}
        self._known: dict[str, Parsed] = _read(cache)
        self._is_new = False

    def add_packaged(self, path: str, file: Path) -> None:
        """Serve a template that comes with this program under a path of its own."""
        self._packaged[path] = file
        self.digests[path] = hashlib.sha256(file.read_bytes()).hexdigest()

    @property
    def parsed(self) -> Mapping[str, Parsed]:
        """What was parsed so far, by digest."""
        return self._known

    def know(self, parsed: Mapping[str, Parsed]) -> None:
        """Take over what another loader has parsed."""
        self._known = dict(parsed)

    def source(self, path: str) -> str:
        """Give the text of a template; raises `TemplateError` where it is not UTF-8, or too large."""
        file = self._packaged.get(path) or self.root / path
        try:
            edited = self._instead.get(path)
            if (file.stat().st_size if edited is None else len(edited)) > MAXIMUM_SIZE:
                message = f"the template is larger than {MAXIMUM_SIZE} bytes"
                raise TemplateError("invalid-template", message, Spot(path, 1))
            return file.read_text(encoding="utf-8") if edited is None else _unified(edited.decode("utf-8"))
        except UnicodeDecodeError:
            raise TemplateError("invalid-template", "the template is not UTF-8", Spot(path, 1)) from None
        except OSError as error:
            message = f"the template cannot be read: {(error.strerror or 'unknown error').lower()}"
            raise TemplateError("invalid-template", message, Spot(path, 1)) from None

    def tree(self, path: str) -> Parsed:
        """Give the statements of a template by its path from the project's root."""
        tree = self._trees.get(path)
        if tree is None:
            tree = self._trees[path] = self._parsed(path)
        return tree

    def _parsed(self, path: str) -> Parsed:
        digest = self.digests[path]
        known = self._known.get(digest)
        if known is None:
            from gitopsgen.template.parse import parse  # noqa: PLC0415 - importing jinja2 costs more than a small render

            known = self._known[digest] = parse(self.source(path), path)
            self._is_new = True
        return known

    def other(self, name: str, spot: Spot) -> tuple[str, Parsed]:
        """Give path and statements of a template that another one names, relative to the blueprints."""
        path = f"{self.blueprints}/{name}"
        if path not in self.digests:
            message = f"found no template '{name}' in the project"
            raise TemplateError(
                "missing-template", message, spot if spot.line else None, "paths start at the blueprints"
            )
        return path, self.tree(path)

    def digest(self, paths: tuple[str, ...]) -> str:
        """Give the digests of several templates as one text."""
        return " ".join(self.digests[path] for path in paths)

    def save(self) -> None:
        """Keep what was parsed for the next process; a cache that cannot be written is no loss."""
        if self.cache is None or not self._is_new:
            return
        used = {self.digests[path]: tree for path, tree in self._trees.items()}
        temporary = self.cache.with_name(f"{self.cache.name}.{os.getpid()}")
        try:
            self.cache.parent.mkdir(parents=True, exist_ok=True)
            kept = marshal.dumps(used, 4)
            temporary.write_bytes(_version() + hashlib.sha256(kept).digest() + kept)
            temporary.replace(self.cache)
        except OSError:
            with suppress(OSError):
                temporary.unlink()


def _unified(text: str) -> str:
    """Give a text with the ends of lines as a file is read with them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _version() -> bytes:
    """Give what changes whenever templates are parsed in another way."""
    own = (Path(__file__).with_name(name).read_bytes() for name in ("parse.py", "whitespace.py"))
    return hashlib.sha256(sys.version.encode() + b"".join(own)).digest()


def _read(cache: Path | None) -> dict[str, Parsed]:
    """Read what was kept, nothing where it is damaged or from another version."""
    try:
        raw = cache.read_bytes() if cache else b""
        version, digest, kept = raw[:_DIGEST], raw[_DIGEST : 2 * _DIGEST], raw[2 * _DIGEST :]
        if version != _version() or digest != hashlib.sha256(kept).digest():
            return {}
        known: dict[str, Parsed] = marshal.loads(kept)  # noqa: S302 - written by this user's own runs, outside the project
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return known
