"""Files of the fleet, tried by everything that may support a control.

Files with the same bytes are read once. A file that no support asks for is not parsed at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import yaml

from gitopsgen.evidence.catalogue import Support
from gitopsgen.evidence.conditions import Condition, Hit
from gitopsgen.model.variant import Path
from gitopsgen.source import locate

_KIND: Final = re.compile(r"^kind: (?P<kind>\w+)$", re.MULTILINE)
_NAMESPACE: Final = "Namespace"
FLEET: Final = ("argocd", "")  # region and cluster of what is told once, for all variants of a case


class Text(NamedTuple):
    """A file of the output: `path` below it, `inner` below its cluster, the template that made it, and its bytes."""

    path: str
    inner: str
    template: str
    content: bytes


class Holder(NamedTuple):
    """What evidence is gathered for: a case on a cluster, and the class of that."""

    region: str
    cluster: str
    case: str
    class_name: str

    def __str__(self) -> str:
        """Give the address."""
        return f"{self.region}/{self.cluster}/{self.case}"


class Seen(NamedTuple):
    """An object, or a file, that a support considers: whether it does support, and at which line."""

    support: str
    holds: bool
    line: int
    object: str  # Kind/name, empty for a file without objects
    namespace: str


class Place(NamedTuple):
    """A line of a generated file, and the template that made it."""

    file: str
    inner: str
    line: int
    template: str
    object: str


@dataclass(slots=True)
class Gathered:
    """What supports, and what speaks against it, by holder and support."""

    support: dict[Holder, dict[str, list[Place]]] = field(default_factory=dict)
    against: dict[Holder, dict[str, list[Place]]] = field(default_factory=dict)


class _Looked(NamedTuple):
    """What one text gave: what was seen in it, and the namespaces that it makes, each with its line."""

    seen: tuple[Seen, ...] = ()
    namespaces: tuple[tuple[str, int], ...] = ()


_NOTHING: Final = _Looked()


def gather(supports: Mapping[str, Support], files: Iterable[tuple[Holder, Iterable[Text]]]) -> Gathered:
    """Try every support on the files of each holder."""
    eyes, found = _Eyes(tuple(supports.values())), Gathered()
    for holder, texts in files:
        seen = [(text, one) for text in texts for one in [eyes.look(text)] if one is not _NOTHING]
        found.support[holder], found.against[holder] = _judged(supports, seen)
    return found


class _Eyes:
    """Looks at texts, at each kind of text once."""

    def __init__(self, supports: Sequence[Support]) -> None:
        self._kinds: dict[str, list[Support]] = {}
        for one in supports:
            for kind in one.kinds:
                self._kinds.setdefault(kind, []).append(one)
        self._words = {kind.partition(".")[0] for kind in self._kinds} | {_NAMESPACE}
        self._files = [one for one in supports if one.file]
        self._asked: dict[str, tuple[Support, ...]] = {}
        self._known: dict[tuple[tuple[Support, ...], bytes], _Looked] = {}

    def look(self, text: Text) -> _Looked:
        """Give what is in a text."""
        asked = self._asked.get(text.inner)
        if asked is None:
            asked = tuple(one for one in self._files if one.file and one.file.fullmatch(text.inner))
            self._asked[text.inner] = asked
        if not asked and not text.inner.endswith(".yaml"):
            return _NOTHING
        key = (asked, text.content)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._looked(text, asked)
        return known

    def _looked(self, text: Text, asked: Sequence[Support]) -> _Looked:
        written = text.content.decode()
        seen = [*_by_file(written, text.inner, asked)]
        namespaces: list[tuple[str, int]] = []
        if text.inner.endswith(".yaml") and self._words & set(_KIND.findall(written)):
            for document in _documents(written):
                seen += self._by_kind(document)
                if document.kind == _NAMESPACE:
                    namespaces.append((document.name, document.line(("metadata", "name"))))
        return _Looked(tuple(seen), tuple(namespaces)) if seen or namespaces else _NOTHING

    def _by_kind(self, document: _Document) -> Iterator[Seen]:
        for support in self._kinds.get(document.kind, ()):
            if _hits(document, support.among) is not None:
                yield document.seen(support)


@dataclass(slots=True)
class _Document:
    """One document of a file; `above` counts the lines before it."""

    text: str
    above: int
    data: Any
    kind: str = ""

    @property
    def name(self) -> str:
        return str(self._metadata.get("name", ""))

    @property
    def _metadata(self) -> Mapping[str, Any]:
        found = self.data.get("metadata") if isinstance(self.data, dict) else None
        return found if isinstance(found, dict) else {}

    def line(self, path: Path) -> int:
        return self.above + (locate(self.text, path).line or 1)

    def seen(self, support: Support) -> Seen:
        hits = _hits(self, support.where)
        label = "/".join(filter(None, (self.kind.partition(".")[0], self.name)))
        line = self._line_of_fault(support.where) if hits is None else self._line_of(support.where, hits)
        return Seen(support.id, hits is not None, line, label, str(self._metadata.get("namespace", "")))

    def _line_of_fault(self, conditions: Sequence[Condition]) -> int:
        faulty = next(one for one in conditions if one.hit(self.kind, self.data) is None)
        return self.line(faulty.place(self.kind))

    def _line_of(self, conditions: Sequence[Condition], hits: Sequence[Hit]) -> int:
        """Give the line of the first field that was found, inside a text that of what fits in it."""
        for condition, (path, value) in zip(conditions, hits, strict=True):
            if path:
                line = self.line(path)
                pattern = condition.test.matches if condition.test else None
                match = pattern.search(value) if pattern and isinstance(value, str) and "\n" in value else None
                return line + 1 + match.string.count("\n", 0, match.start()) if match else line
        return self.line(("spec",)) if "spec" in self.data else self.above + 1


def _documents(text: str) -> Iterator[_Document]:
    """Give the documents of a text that the tool wrote: `---` at the start of a line stands nowhere else."""
    above = 0
    for part in text.split("\n---\n"):
        data = yaml.load(part, Loader=yaml.CSafeLoader)
        if isinstance(data, dict):
            group, slash, _ = str(data.get("apiVersion", "")).partition("/")
            kind = str(data.get("kind", ""))
            yield _Document(part, above, data, f"{kind}.{group}" if slash else kind)
        above += part.count("\n") + 2


def _hits(document: _Document, conditions: Sequence[Condition]) -> list[Hit] | None:
    """Give where each condition holds, None where one does not."""
    hits = []
    for condition in conditions:
        hit = condition.hit(document.kind, document.data)
        if hit is None:
            return None
        hits.append(hit)
    return hits


def _by_file(text: str, inner: str, asked: Sequence[Support]) -> Iterator[Seen]:
    for support in asked:
        if support.line:
            match = support.line.search(text)
            line = text.count("\n", 0, match.start()) + 1 if match else 1
            yield Seen(support.id, match is not None, line, "", "")
        else:
            data = json.loads(text) if inner.endswith(".json") else yaml.load(text, Loader=yaml.CSafeLoader)
            yield _Document(text, 0, data).seen(support)


def _judged(
    supports: Mapping[str, Support], looked: Sequence[tuple[Text, _Looked]]
) -> tuple[dict[str, list[Place]], dict[str, list[Place]]]:
    """Give what supports in the files of one holder, and what keeps something from being a support."""
    held: dict[str, list[Place]] = {}
    against: dict[str, list[Place]] = {}
    where: dict[str, set[str]] = {}
    for text, one in looked:
        for seen in one.seen:
            (held if seen.holds else against).setdefault(seen.support, []).append(_place(text, seen.line, seen.object))
            if seen.holds:
                where.setdefault(seen.support, set()).add(seen.namespace)
    made = [(text, *one) for text, looks in looked for one in looks.namespaces]
    for name, support in supports.items():
        if support.covers and made:
            bare = [(text, one, line) for text, one, line in made if one not in where.get(name, set())]
            against[name] = [_place(text, line, f"{_NAMESPACE}/{one}") for text, one, line in bare]
        elif not support.every:
            against.pop(name, None)
    return {name: places for name, places in held.items() if not against.get(name)}, {
        name: places for name, places in against.items() if places
    }


def _place(text: Text, line: int, named: str) -> Place:
    return Place(text.path, text.inner, line, text.template, named)
