"""Verdicts on whole clusters, kept for other clusters that differ from them only in names.

What may differ is said by `gitopsgen.check.sharing`; what was found in a cluster holds for the next one that is alike,
if the names that the findings speak of are the same there.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, Generic, NamedTuple, TypeVar

from gitopsgen.capacity import Setting
from gitopsgen.check import Checker, Finding
from gitopsgen.check.sharing import Naming, Vocabulary, parts_of
from gitopsgen.model.manifest import Manifest
from gitopsgen.pipeline.reading import CLAIM, Looks, Reading, fields_asked, policies_in
from gitopsgen.pipeline.together import Together, Told
from gitopsgen.pipeline.vocabulary import rule_words
from gitopsgen.template.combination import Combination, Pick

_Found = TypeVar("_Found")
_REMEMBERED: Final = 8  # verdicts on those that are alike: where each has a name of its own in it, the next has, too


class Verdicts:
    """What was found in clusters so far, for those that are alike."""

    def __init__(self) -> None:
        """Start with no verdict."""
        self._readings: dict[Any, Reading] = {}
        self._claims: dict[Combination, Pick] = {}
        self._looks: dict[tuple[Checker, frozenset[str]], Looks] = {}
        self._policies: dict[Combination, list[int]] = {}
        self._vocabularies: dict[tuple[int, ...], Vocabulary] = {}
        self._known = _Shelf[Told](lambda told: told.finding)
        self._single = _Shelf[Finding](lambda found: found)

    def key(self, checker: Checker, filled: Sequence[Together], setting: Setting, *, is_whole: bool) -> Key | None:
        """Give what a cluster's verdict is kept by, None where it cannot serve another one."""
        asked = frozenset[str]().union(*map(self._asked, filled))
        readings = [self._reading(one, checker, asked) for one in filled]
        if not all(one.is_shareable for one in readings):
            return None
        vocabulary = self._vocabulary_of(readings)
        naming = Naming(vocabulary)
        ways = tuple(id(one.combination) for one in filled)
        signatures = [reading.signature(one.filled, naming) for reading, one in zip(readings, filled, strict=True)]
        return Key((id(checker), is_whole, setting.key, ways, tuple(signatures)), naming, readings, vocabulary)

    def get(self, key: Key) -> tuple[Told, ...] | None:
        """Give what was found in a cluster that is alike, None where there was none."""
        return self._known.get(key.value, key.naming)

    def keep(self, key: Key, told: tuple[Told, ...]) -> None:
        """Keep what was found for those that are alike."""
        self._known.keep(key.value, key.naming, told)

    def of_manifests(
        self, checker: Checker, filled: Sequence[Together], manifests: Iterable[Manifest], key: Key | None
    ) -> Iterator[Finding]:
        """Give what is wrong with manifests by themselves, the checked ones of each variant in order.

        One that is alike is not judged again, though the clusters as a whole are different.
        """
        rest = iter(manifests)
        for place, one in enumerate(filled):
            for sheet in one.combination.checked:
                manifest = next(rest)
                if key is None:
                    yield from checker.manifest(manifest)
                    continue
                naming = Naming(key.vocabulary)
                alike = (id(key.readings[place]), sheet, key.readings[place].signature_of(sheet, one.filled, naming))
                found = self._single.get(alike, naming)
                if found is None:
                    found = checker.manifest(manifest)
                    self._single.keep(alike, naming, found)
                yield from (replace(each, manifest=manifest) for each in found)

    def _asked(self, one: Together) -> frozenset[str]:
        policies = self._policies.get(one.combination)
        if policies is None:
            policies = self._policies[one.combination] = policies_in(one.combination)
        return frozenset[str]().union(*(fields_asked(one.combination, one.filled, place) for place in policies))

    def _reading(self, one: Together, checker: Checker, asked: frozenset[str]) -> Reading:
        combination, filled = one.combination, one.filled
        pick = self._claims.get(combination)
        if pick is None:
            pick = self._claims[combination] = combination.picker_of(*CLAIM)
        key = (id(combination), id(checker), asked, marshal.dumps(pick(filled.values), 2))
        known = self._readings.get(key)
        if known is None:
            looks = self._looks.get((checker, asked))
            if looks is None:
                looks = self._looks[checker, asked] = Looks(checker, asked)
            known = self._readings[key] = Reading(combination, filled, looks)
        return known

    def _vocabulary_of(self, readings: Sequence[Reading]) -> Vocabulary:
        key = tuple(map(id, readings))
        known = self._vocabularies.get(key)
        if known is None:
            words = rule_words().union(*(one.words for one in readings))
            known = self._vocabularies[key] = Vocabulary(words)
        return known


class Key(NamedTuple):
    """What a verdict is kept by, and the names that were left out of it."""

    value: Any
    naming: Naming
    readings: Sequence[Reading]
    vocabulary: Vocabulary


class _Shelf(Generic[_Found]):
    """What was found, by what is the same for those that are alike."""

    def __init__(self, finding_of: Callable[[_Found], Finding]) -> None:
        self._finding_of = finding_of
        self._kept: dict[Any, list[tuple[dict[int, str], tuple[_Found, ...]]]] = {}

    def get(self, value: Any, naming: Naming) -> tuple[_Found, ...] | None:
        """Give what was found where the names that it speaks of are those of this naming."""
        replaced = naming.replaced
        for spoken, found in self._kept.get(value, ()):
            if all(replaced[place] == name for place, name in spoken.items()):
                return found
        return None

    def keep(self, value: Any, naming: Naming, found: tuple[_Found, ...]) -> None:
        """Keep what was found, with the names that it speaks of and their places among those that were replaced."""
        kept = self._kept.setdefault(value, [])
        if len(kept) < _REMEMBERED:
            spoken = {part for one in found for part in _parts(self._finding_of(one))} if found else set[str]()
            kept.append(({at: name for at, name in enumerate(naming.replaced) if name in spoken}, found))


def _parts(found: Finding) -> Iterator[str]:
    for text in (found.message, found.hint, *map(str, found.field)):
        yield from parts_of(text)
