"""Two states of the output tree, file by file, to what changed in which objects of which clusters.

Texts that are the same once names are hidden are read and compared once, however many cities have them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, NamedTuple

from gitopsgen.diff.changes import Change, Key, Step
from gitopsgen.diff.cities import City
from gitopsgen.diff.comparing import MISSING, compared
from gitopsgen.diff.documents import Document, Identity, document
from gitopsgen.diff.folding import Folded, Object, Status, fold
from gitopsgen.diff.list_types import ListTypes
from gitopsgen.diff.placeholders import Names, agreed, names_of

_LIST: Final = "/kustomization.yaml"


class FilePair(NamedTuple):
    """A file that differs, by its path in the output tree; None where there is none."""

    path: str
    old: bytes | None
    new: bytes | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions of an object, names hidden, with all places that have both; `files` are their paths, by place."""

    object: Object
    old: Any
    new: Any
    changes: tuple[Change, ...]
    files: Mapping[str, str]

    @property
    def status(self) -> Status:
        """What became of the object."""
        if self.old is MISSING:
            return Status.ADDED
        return Status.REMOVED if self.new is MISSING else Status.CHANGED


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two states; `layout` counts files that differ in nothing that a cluster reads.

    `waves` are those in which changes reach the clusters of a case: by case, in order, each with its places.
    `inputs` counts files that differ in what the output is rendered from, where nothing of the output does.
    """

    folded: tuple[Folded, ...]
    pairs: tuple[Pair, ...]
    cities: Mapping[str, City]
    names: Mapping[tuple[str, str], Names] = field(default_factory=dict)  # by place and, with checksums, file
    layout: int = 0
    waves: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    inputs: int = 0

    def changes_at(self, place: str, one: Object) -> tuple[Change, ...]:
        """Give all changes of an object at a place, with the names that the place has."""
        names = self.names.get((place, one.file)) or self.names[place, ""]
        hunks = (hunk for folded in self.folded if one in folded.objects for hunk in folded.hunks)
        return tuple(_real(change, names) for hunk in hunks if place in hunk.places for change in hunk.changes)


def place_of(path: str) -> str:
    """Give `region/cluster` of a path in the output tree; the region alone for what belongs to no cluster."""
    return "/".join(path.split("/")[:-1][:2])


def difference(
    pairs: Iterable[FilePair],
    cities: tuple[Mapping[str, City], Mapping[str, City]],
    listing: Iterable[str] = (),
    list_types: ListTypes | None = None,
) -> Difference:
    """Compare two states of the output tree.

    `pairs` are the files that differ, in the order of `order_of`; `cities` are those of both states;
    `listing` are the paths of all files that either state has.
    """
    comparison = _Comparison(cities, list_types or ListTypes())
    for place, files in groupby(pairs, key=lambda pair: place_of(pair.path)):
        comparison.compare(place, list(files))
    return comparison.result(listing)


def order_of(path: str) -> tuple[str, str]:
    """Give what files are sorted by: all of a place stand together."""
    return place_of(path), path


class _Comparison:
    """What is known so far."""

    def __init__(self, cities: tuple[Mapping[str, City], Mapping[str, City]], list_types: ListTypes) -> None:
        self.cities = cities
        self.list_types = list_types
        self.names: dict[tuple[str, str], Names] = {}
        self.read: dict[tuple[str, str], Document] = {}
        self.found: dict[tuple[Object, int, int], tuple[Any, Any, dict[str, str]]] = {}
        self.layout = 0

    def compare(self, place: str, files: list[FilePair]) -> None:
        """Take all files of one place."""
        self.names[place, ""] = self._names(place)
        cases = Counter(self._case(place, pair.path) for pair in files)
        old: dict[Identity, tuple[str, Any]] = {}
        new: dict[Identity, tuple[str, Any]] = {}
        for pair in _without_news(files):
            # a checksum follows from what stands elsewhere: only where that differs too is there a reason for it
            texts = self._hidden(place, pair, has_reason=cases[self._case(place, pair.path)] > 1)
            for side, text in zip((old, new), texts, strict=True):
                if text is not None:
                    self._take(side, place, pair.path, text)
        for identity in dict.fromkeys((*old, *new)):
            self._pair(place, identity, old.get(identity), new.get(identity))

    def result(self, listing: Iterable[str]) -> Difference:
        """Fold what was found."""
        pairs = tuple(self._pairs())
        changed: dict[tuple[Object, Status], dict[Change, list[str]]] = {}
        for pair in pairs:
            of_object = changed.setdefault((pair.object, pair.status), {})
            for change in pair.changes:
                of_object.setdefault(change, []).extend(pair.files)
        holders = self._holders(listing, changed)
        return Difference(fold(changed, holders), pairs, {**self.cities[0], **self.cities[1]}, self.names, self.layout)

    def _names(self, place: str) -> Names:
        region, _, cluster = place.partition("/")
        states = [names_of(region, cluster, cities) for cities in self.cities if region in cities]
        return Names(agreed(states[0], states[-1]) if states and cluster else {})

    def _hidden(self, place: str, pair: FilePair, *, has_reason: bool) -> tuple[str | None, str | None]:
        names = self.names[place, ""]
        old, new = (None if side is None else _text(side) for side in (pair.old, pair.new))
        if has_reason:
            *_, with_digests = hidden = names.hide_both(old or "", new or "")
            if with_digests is not names:
                self.names[place, self._inside(place, pair.path)] = with_digests
        else:
            hidden = names.hide(old or ""), names.hide(new or ""), names
        return None if old is None else hidden[0], None if new is None else hidden[1]

    def _inside(self, place: str, path: str) -> str:
        return self.names[place, ""].hide(path.removeprefix(f"{place}/"))

    def _case(self, place: str, path: str) -> str:
        return _case(path.removeprefix(f"{place}/"))

    def _take(self, side: dict[Identity, tuple[str, Any]], place: str, path: str, text: str) -> None:
        file = self._inside(place, path)
        if (file, text) not in self.read:
            self.read[file, text] = document(file, text)
        identity, data = self.read[file, text]
        if identity in side:  # two files claim to be one object: neither must hide the other
            identity = identity._replace(file=file)
        side[identity] = path, data

    def _pair(self, place: str, identity: Identity, old: tuple[str, Any] | None, new: tuple[str, Any] | None) -> None:
        path = (new or old or ("",))[0]
        before, after = (MISSING if side is None else side[1] for side in (old, new))
        file = self._inside(place, path)
        one = Object(_case(file), identity.kind, identity.group, identity.namespace, identity.name, file)
        entry = self.found.setdefault((one, id(before), id(after)), (before, after, {}))
        entry[2][place] = path

    def _pairs(self) -> Iterator[Pair]:
        for (one, _, _), (old, new, files) in self.found.items():
            data = old if new is MISSING else new
            version = data.get("apiVersion") if isinstance(data, dict) else None
            plan = self.list_types.of(version, one.kind) if isinstance(version, str) else None
            changes = compared(old, new, plan)
            if changes:
                yield Pair(one, old, new, changes, files)
            elif not one.file.endswith(_LIST):
                self.layout += len(files)

    def _holders(
        self, listing: Iterable[str], changed: Iterable[tuple[Object, Status]]
    ) -> dict[tuple[Object, Status], frozenset[str]]:
        wanted = {one.file for one, _ in changed} | {one.case for one, _ in changed}
        found: dict[str, set[str]] = {name: set() for name in wanted}
        for path in listing:
            place = place_of(path)
            if (place, "") not in self.names:
                self.names[place, ""] = self._names(place)
            file = self._inside(place, path)
            for name in (file, _case(file)):
                if name in found:
                    found[name].add(place)
        return {
            (one, status): frozenset(found[one.file if status is Status.CHANGED else one.case])
            for one, status in changed
        }


def _without_news(files: list[FilePair]) -> Iterator[FilePair]:
    """Leave out of kustomizations which files came and went: that they are listed, or no more, is no news."""
    came = {pair.path for pair in files if pair.old is None}
    went = {pair.path for pair in files if pair.new is None}
    for pair in files:
        if pair.path.endswith(_LIST) and pair.old is not None and pair.new is not None:
            folder = pair.path.removesuffix(_LIST)
            yield FilePair(pair.path, _unlisted(pair.old, folder, went), _unlisted(pair.new, folder, came))
        else:
            yield pair


def _unlisted(content: bytes, folder: str, moved: set[str]) -> bytes:
    lines = content.split(b"\n")
    entries = [f"{folder}/{line.decode('utf-8', 'replace').strip().removeprefix('- ')}" for line in lines]
    left = [
        line for line, entry in zip(lines, entries, strict=True) if entry not in moved and entry + _LIST not in moved
    ]
    text = b"\n".join(left)
    return (
        text
        if any(line.lstrip().startswith(b"- ") for line in left)
        else text.replace(b"resources:\n", b"resources: []\n")
    )


def _real(change: Change, names: Names) -> Change:
    path = tuple(_real_step(step, names) for step in change.path)
    return change._replace(path=path, old=names.show(change.old), new=names.show(change.new))


def _real_step(step: Step, names: Names) -> Step:
    if isinstance(step, Key):
        return Key(tuple((name, names.show(value)) for name, value in step.fields))
    return names.show(step) if isinstance(step, str) else step


def _case(path: str) -> str:
    """Give the case that a file belongs to, by its path inside its cluster; empty for what belongs to none."""
    first, slash, _ = path.partition("/")
    return first if slash else ""


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")
