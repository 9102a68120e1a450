"""Ways through templates that earlier runs found, kept on this machine: a run then traces only what is new to it.

A way is kept with the digests of the templates on it, and forgotten when one of them changes.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from gitopsgen.template.document import Document
from gitopsgen.template.expressions import Expressions
from gitopsgen.template.leaf import Leaf, hole_function
from gitopsgen.template.observe import Observation

_DIGEST: Final = 32  # bytes of a SHA-256
_MOST: Final = 64  # of one template: one that always finds a new way is not worth remembering
_KEPT_SECONDS: Final = 30 * 24 * 3600
Key = tuple[Any, ...]
Plain = Any


class Ways:
    """The ways of one project's templates, by what names a template and how it is used."""

    def __init__(self, cache: Path | None, version: str, digest: Callable[[tuple[str, ...]], str]) -> None:
        """Read what was kept by this `version` of the program; `digest` gives those of templates as they are now."""
        self._cache = cache
        self._version = hashlib.sha256(version.encode()).digest()
        self._digest = digest
        self._known: dict[Key, dict[str, Plain]] = self._read()
        self._news: list[tuple[Key, str, Plain]] = []
        self._is_new = False

    def leaves(self, key: Key, expressions: Expressions) -> Iterator[Leaf]:
        """Give the ways through a template that still hold."""
        for trace, (digest, plain) in list(self._known.get(key, {}).items()):
            if self._is_current(plain[0], digest):
                yield _leaf(trace, key[0], plain, expressions)
            else:
                del self._known[key][trace]

    def note(self, key: Key, leaf: Leaf) -> None:
        """Keep a way that was found."""
        self.take([(key, leaf.trace, (self._digest(leaf.templates), _plain(leaf)))])

    def take(self, news: Iterable[tuple[Key, str, Plain]]) -> None:
        """Keep ways that another process found."""
        for key, trace, plain in news:
            known = self._known.setdefault(key, {})
            if trace not in known and len(known) < _MOST:
                known[trace] = plain
                self._is_new = True
                self._news.append((key, trace, plain))

    def told(self) -> Sequence[tuple[Key, str, Plain]]:
        """Give what is new since this was last asked."""
        news, self._news = self._news, []
        return news

    def save(self) -> None:
        """Keep everything for the next process; a cache that cannot be written is no loss."""
        if self._cache is None or not self._is_new:
            return
        temporary = self._cache.with_name(f"{self._cache.name}.{os.getpid()}")
        try:
            kept = marshal.dumps(self._known, 4)
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(self._version + hashlib.sha256(kept).digest() + kept)
            temporary.replace(self._cache)
            self._forget_old()
        except (OSError, ValueError):
            with suppress(OSError):
                temporary.unlink()

    def _forget_old(self) -> None:
        # of projects that are gone, as of the temporary ones of tests
        assert self._cache is not None  # noqa: S101 - who saves has one
        kind = self._cache.name.partition("-")[0]
        for other in self._cache.parent.glob(f"{kind}-*"):
            if time.time() - other.stat().st_mtime > _KEPT_SECONDS:
                other.unlink(missing_ok=True)

    def _is_current(self, templates: tuple[str, ...], digest: str) -> bool:
        try:
            return self._digest(templates) == digest
        except KeyError:  # a template that is gone
            return False

    def _read(self) -> dict[Key, dict[str, Plain]]:
        try:
            raw = self._cache.read_bytes() if self._cache else b""
            version, digest, kept = raw[:_DIGEST], raw[_DIGEST : 2 * _DIGEST], memoryview(raw)[2 * _DIGEST :]
            if version != self._version or digest != hashlib.sha256(kept).digest():
                return {}
            known: dict[Key, dict[str, Plain]] = marshal.loads(kept)  # noqa: S302 - written by this user's own runs
        except (OSError, ValueError, EOFError, TypeError):
            return {}
        return known


def _plain(leaf: Leaf) -> Plain:
    observations = [(one.kind, one.node, one.answer) for one in leaf.observations]
    documents = [one.plain() for one in leaf.documents]
    return leaf.templates, leaf.nodes, observations, documents, leaf.filled


def _leaf(trace: str, template: str, plain: Plain, expressions: Expressions) -> Leaf:
    templates, nodes, observations, documents, filled = plain
    return Leaf(
        trace,
        tuple([Document.of_plain(one, template) for one in documents]),
        (),
        nodes,
        tuple([hole_function(expressions, node) for node in nodes]),
        tuple([Observation(*one) for one in observations]),
        templates,
        filled,
    )
