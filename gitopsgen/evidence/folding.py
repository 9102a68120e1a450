"""What was gathered, folded over the fleet: what many cities have alike is said once, and who lacks it is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gitopsgen.evidence.catalogue import Control, Framework, Support
from gitopsgen.evidence.gathering import FLEET, Gathered, Holder, Place


@dataclass(frozen=True, slots=True)
class Folded:
    """A place, for all that are like it in other cities, and how many there are."""

    place: Place
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """What one support finds in a case on the clusters of a class.

    `of` counts the variants, `held` those that have it; `lacking` are those without it where others have it.
    """

    support: Support
    case: str
    class_name: str
    of: int
    held: int
    lacking: tuple[str, ...]
    places: tuple[Folded, ...]
    against: tuple[Folded, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A control: what supports it, and which of its supports are found nowhere.

    `cases` counts (variants with any support, all of them) by case.
    """

    control: Control
    groups: tuple[Group, ...]
    nowhere: tuple[Support, ...]
    cases: Mapping[str, tuple[int, int]]

    @property
    def is_supported(self) -> bool:
        """Whether anything in the fleet supports it."""
        return any(have for have, _ in self.cases.values())

    @property
    def bare_cases(self) -> tuple[str, ...]:
        """Give the cases in which nothing supports it, anywhere."""
        return tuple(case for case, (have, _) in self.cases.items() if not have)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answers for all controls of a standard, in its order."""

    framework: Framework
    variants: int
    cases: tuple[str, ...]
    answers: tuple[Answer, ...]


def fold(
    framework: Framework, supports: Mapping[str, Support], gathered: Gathered, asked: Sequence[Holder]
) -> Evidence:
    """Fold what was gathered of the variants that were asked for; others on their clusters may hold for them too."""
    folding = _Folding(supports, gathered, tuple(asked))
    answers = tuple(folding.answer(control) for control in framework.controls)
    return Evidence(framework, len(asked), tuple(sorted({one.case for one in asked})), answers)


class _Folding:
    """The fleet, looked at from several sides."""

    def __init__(self, supports: Mapping[str, Support], gathered: Gathered, asked: tuple[Holder, ...]) -> None:
        self.supports = supports
        self.gathered = gathered
        self.asked = asked
        self.clusters: dict[tuple[str, str], set[str]] = {}
        for holder, found in gathered.support.items():
            whole = {name for name in found if supports[name].holds == "cluster"}
            self.clusters.setdefault((holder.region, holder.cluster), set()).update(whole)
        chosen = {(one.region, one.cluster) for one in asked} | {FLEET}
        self.fleet = {one.case: set(found) for one, found in gathered.support.items() if one[:2] == FLEET}
        self.groups: dict[tuple[str, str], list[Holder]] = {}
        for holder in sorted(gathered.support):
            if (holder.region, holder.cluster) in chosen:
                self.groups.setdefault((holder.case, holder.class_name), []).append(holder)

    def answer(self, control: Control) -> Answer:
        names = [self.supports[name] for name in control.supports]
        groups = tuple(group for support in names for group in self._groups(support))
        have = {group.support.id for group in groups if group.held}
        missing = tuple(support for support in names if support.id not in have)
        return Answer(control, groups, missing, self._cases(control))

    def _groups(self, support: Support) -> Iterable[Group]:
        mine = {(one.case, one.class_name) for one in self.asked}
        for (case, class_name), members in self.groups.items():
            if (case, class_name) not in mine and support.holds == "case":
                continue
            held = [one for one in members if support.id in self.gathered.support[one]]
            against = [one for one in members if support.id in self.gathered.against[one]]
            if held or against:
                lacking = tuple(str(one) for one in members if not self._has_any(one, support)) if held else ()
                yield Group(
                    support,
                    case,
                    class_name,
                    len(members),
                    len(held),
                    lacking,
                    _folded(place for one in held for place in self.gathered.support[one][support.id]),
                    _folded(place for one in against for place in self.gathered.against[one][support.id]),
                )

    def _has_any(self, holder: Holder, support: Support) -> bool:
        return not self.gathered.support[holder].keys().isdisjoint((support.id, *support.instead))

    def _cases(self, control: Control) -> dict[str, tuple[int, int]]:
        counts: dict[str, tuple[int, int]] = {}
        names = set(control.supports)
        for one in self.asked:
            have, total = counts.get(one.case, (0, 0))
            own, fleet = set(self.gathered.support[one]), self.fleet.get(one.case, set())
            found = names & (own | self.clusters[one.region, one.cluster] | fleet)
            counts[one.case] = have + bool(found), total + 1
        return dict(sorted(counts.items()))


def _folded(places: Iterable[Place]) -> tuple[Folded, ...]:
    """Give the places that differ but for the city, the first of each with the number of its like."""
    counts: dict[tuple[str, str], list[Place]] = {}
    for place in places:
        counts.setdefault((place.inner, place.object), []).append(place)
    return tuple(Folded(like[0], len(like)) for like in counts.values())
