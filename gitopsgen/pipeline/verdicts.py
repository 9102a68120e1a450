"""Verdicts on whole clusters, kept for other clusters that differ from them only in names.

What may differ is said by `gitopsgen.check.sharing`; where nothing was found in a cluster, or only what names none of
its names, the same holds for the next one that is alike.
"""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, NamedTuple

from gitopsgen.check import Checker, Finding, claim_of
from gitopsgen.check.sharing import FreeNaming, Naming, is_name, is_numeric, parts_of, words_in, words_of_rules
from gitopsgen.pipeline.together import Together, Told
from gitopsgen.schemas import Kind
from gitopsgen.schemas.freedom import Test, test_of
from gitopsgen.template.combination import Combination, Filled, Pick, Sheet
from gitopsgen.template.plan import slots_at
from gitopsgen.template.trees import Hole, Literal, Table, Text, Tree, name_of
from gitopsgen.template.trees import Sequence as ListTree

Place = tuple[str, int]  # "value" or "string", and its number in the combination
Path = tuple[str | int, ...]
CLAIM: Final = (("apiVersion",), ("kind",))


@dataclass(slots=True)
class Sensitivity:
    """How the strings of one place are looked at: `exact` as they are, by their `use`, and by tests."""

    exact: bool = False
    use: str = ""  # "text" and "label" where a string is nothing else, "value" for all others
    tests: list[Test] = field(default_factory=list)

    def minds(self, value: str) -> bool:
        """Tell whether it matters which string this is."""
        if self.exact or not is_name(value) or (self.use == "value" and is_numeric(value)):
            return True
        return not all(test(value) for test in self.tests)

    def note(self, use: str, test: Test | None) -> None:
        """Take one more place of the same string."""
        self.use = use if self.use in {"", use} else "value"
        self.tests += [test] if test else []


class Reading:
    """How the checks look at what fills one combination, for one checker."""

    def __init__(self, combination: Combination, filled: Filled, checker: Checker) -> None:
        """Look at each hole of each manifest; `is_shareable` is false where a rule promises nothing."""
        self.is_shareable = True
        self.words: set[str] = set()
        self._joins = {parts: place for place, parts in enumerate(combination.joins)}
        self._places: dict[Place, Sensitivity] = {}
        for place in combination.resources:
            sheet = combination.sheets[place]
            self._read(sheet, sheet.document.build(sheet.values(filled.values)), combination, checker)
        self._values = [(place, self._places["value", place]) for sort, place in self._places if sort == "value"]
        self._strings = [(place, self._places["string", place]) for sort, place in self._places if sort == "string"]

    def signature(self, filled: Filled, naming: Naming) -> tuple[Any, ...]:
        """Give what is the same for variants that are judged alike."""
        exact: list[Any] = []
        names: list[str] = []
        texts: list[str] = []
        for source, places in ((filled.values, self._values), (filled.strings, self._strings)):
            for place, how in places:
                value = source[place]
                if value.__class__ is not str or how.minds(value):
                    exact.append(value)
                elif how.use == "text":
                    texts.append(value)
                elif how.use == "label" and is_numeric(value):
                    exact.append(naming.number(value))
                else:
                    names.append(value)
        return marshal.dumps(exact, 2), naming.of(names), FreeNaming(naming).of(texts)

    def _read(self, sheet: Sheet, data: Any, combination: Combination, checker: Checker) -> None:
        tree, claim = sheet.document.tree, claim_of(data)
        if tree is None or not checker.shares(*claim):
            self.is_shareable = False
            return
        places = [combination.nodes[node] for node in combination.ways[sheet.way].leaf.nodes]
        for slot in slots_at(tree, *CLAIM):
            self._at(("value", places[slot])).exact = True
        self._walk(tree, (), checker.kind(*claim), places)

    def _walk(self, tree: Tree, path: Path, kind: Kind | None, places: Sequence[int]) -> None:
        if isinstance(tree, Literal):
            self.words.update(words_in(tree.value))
        elif isinstance(tree, Hole):
            self._note(("value", places[tree.index]), path, kind)
        elif isinstance(tree, Text):
            parts = tuple(part if isinstance(part, str) else places[part] for part in tree.parts)
            self.words.update(word for part in parts if isinstance(part, str) for word in parts_of(part))
            self._note_text(parts, path, kind)
        elif isinstance(tree, Table):
            for key, value in tree.entries:
                self._entry(key, value, path, kind, places)
        elif isinstance(tree, ListTree):
            for index, one in enumerate(tree.items):
                self._walk(one, (*path, index), kind, places)

    def _entry(self, key: Tree, value: Tree, path: Path, kind: Kind | None, places: Sequence[int]) -> None:
        name = name_of(key)
        if name:
            self.words.update(parts_of(name))
            self._walk(value, (*path, name), kind, places)
            return
        for part in key.parts if isinstance(key, Text) else ():
            if isinstance(part, int):
                self._at(("value", places[part])).exact = True
        self._walk(value, (*path, "*"), kind, places)

    def _note_text(self, parts: tuple[str | int, ...], path: Path, kind: Kind | None) -> None:
        known = self._joins.get(parts)
        if known is None:  # part of a value that is written as a whole
            for part in parts:
                if isinstance(part, int):
                    self._at(("value", part)).exact = True
        else:
            self._note(("string", known), path, kind)

    def _note(self, place: Place, path: Path, kind: Kind | None) -> None:
        how = self._at(place)
        if kind is None:  # a constraint: its template tells what it may hold
            how.exact = True
            return
        try:
            how.note(_use(path, kind), test_of(kind.schema, path))
        except LookupError:
            how.exact = True

    def _at(self, place: Place) -> Sensitivity:
        return self._places.setdefault(place, Sensitivity())


class Verdicts:
    """What was found in clusters so far, for those that are alike."""

    def __init__(self) -> None:
        """Start with no verdict."""
        self._readings: dict[Any, Reading] = {}
        self._claims: dict[Combination, Pick] = {}
        self._words: dict[tuple[int, ...], frozenset[str]] = {}
        self._known: dict[Any, tuple[Told, ...]] = {}

    def key(self, checker: Checker, filled: Sequence[Together], *, is_whole: bool) -> Key | None:
        """Give what a cluster's verdict is kept by, None where it cannot serve another one."""
        readings = [self._reading(one, checker) for one in filled]
        if not all(one.is_shareable for one in readings):
            return None
        naming = Naming(self._words_of(readings))
        ways = tuple(id(one.combination) for one in filled)
        signatures = [reading.signature(one.filled, naming) for reading, one in zip(readings, filled, strict=True)]
        return Key((id(checker), is_whole, ways, tuple(signatures)), naming)

    def get(self, key: Key) -> tuple[Told, ...] | None:
        """Give what was found in a cluster that is alike, None where there was none."""
        return self._known.get(key.value)

    def keep(self, key: Key, told: tuple[Told, ...]) -> None:
        """Keep what was found, unless it speaks of names that another cluster has not."""
        if not any(_names(one.finding, key.naming) for one in told):
            self._known[key.value] = told

    def _reading(self, one: Together, checker: Checker) -> Reading:
        combination, filled = one.combination, one.filled
        pick = self._claims.get(combination)
        if pick is None:
            pick = self._claims[combination] = combination.picker_of(*CLAIM)
        key = (id(combination), id(checker), pick(filled.values))
        known = self._readings.get(key)
        if known is None:
            known = self._readings[key] = Reading(combination, filled, checker)
        return known

    def _words_of(self, readings: Sequence[Reading]) -> frozenset[str]:
        key = tuple(map(id, readings))
        known = self._words.get(key)
        if known is None:
            known = self._words[key] = words_of_rules().union(*(one.words for one in readings))
        return known


class Key(NamedTuple):
    """What a verdict is kept by, and the names that were left out of it."""

    value: Any
    naming: Naming


def _use(path: Path, kind: Kind) -> str:
    """Tell what a string is used for that stands in an object."""
    if (path[0] == "data" and kind.name == "ConfigMap") or ("metadata", "annotations") in pairwise(path):
        return "text"
    return "label" if path[-2:-1] in {("labels",), ("matchLabels",)} else "value"


def _names(found: Finding, naming: Naming) -> bool:
    replaced = set(naming.replaced)
    return any(
        part in replaced for text in (found.message, found.hint, *map(str, found.field)) for part in parts_of(text)
    )
