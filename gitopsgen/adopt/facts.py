"""Which facts of the cities are in texts that differ between them.

A fact counts where it stands between characters that are no letters or digits, in the texts of all cities.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from gitopsgen.adopt.cities import City

# What kustomize puts behind the names of what it generates: a checksum, so another in each city.
# https://github.com/kubernetes-sigs/kustomize/blob/master/api/hasher/hasher.go
CHECKSUM: Final = re.compile(r"-[2456789bcdfghkmt]{10}\Z")
_LEAST: Final = 2  # characters: a shorter fact is in too many words by accident


class Fact(NamedTuple):
    """An expression that a template may write into a hole."""

    expression: str


Parts = tuple[str | Fact, ...]


class Facts:
    """The facts of some cities that could be in their texts."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        """Take the cities by their place."""
        names = dict.fromkeys(name for city in cities.values() for name in city.facts)
        self._forms = {
            name: {place: _form(city.facts[name]) for place, city in cities.items() if name in city.facts}
            for name in names
            if all(len(city.facts.get(name, "")) >= _LEAST for city in cities.values())
        }
        self._values = {name: {place: city.facts[name] for place, city in cities.items()} for name in self._forms}
        self._own = [name for name in self._forms if _is_own(name, cities)]

    def explained(self, texts: Mapping[str, str]) -> Parts | None:
        """Give the one text with facts in it that all these texts are; None where there is none."""
        values = list(texts.values())
        if all(text == values[0] for text in values):
            return (values[0],) if values[0] else ()
        for name in self._varying(texts):
            pieces = {place: self._forms[name][place].split(text) for place, text in texts.items()}
            count = len(pieces[next(iter(pieces))])
            if count > 1 and all(len(one) == count for one in pieces.values()):
                columns = [self.explained({place: one[at] for place, one in pieces.items()}) for at in range(count)]
                parts = _joined(columns, Fact(name))
                if parts is not None:
                    return parts
        return None

    def hidden(self, place: str, text: str) -> str:
        """Give a text with the facts that only this city has replaced by their names, and without a checksum."""
        for name in self._own:
            text = self._forms[name][place].sub(f"\x00{name}\x00", text)
        return CHECKSUM.sub("", text)

    def _varying(self, places: Iterable[str]) -> list[str]:
        """Give the facts that differ between places: the longest first, for one may be in another."""
        some = list(places)
        found = [name for name, values in self._values.items() if len({values[place] for place in some}) > 1]
        return sorted(found, key=lambda name: -min(len(self._values[name][place]) for place in some))


def _form(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])")


def _is_own(name: str, cities: Mapping[str, City]) -> bool:
    """Tell whether no two cities, or no two clusters of a city, have the same value."""
    owners: dict[str, set[str]] = {}
    for city in cities.values():
        owners.setdefault(city.facts[name], set()).add(city.cluster if name == "cluster.name" else city.region)
    return len(owners) > 1 and all(len(them) == 1 for them in owners.values())


def _joined(columns: Sequence[Parts | None], fact: Fact) -> Parts | None:
    parts: list[str | Fact] = []
    for column in columns:
        if column is None:
            return None
        parts += [*column, fact]
    return tuple(parts[:-1])
