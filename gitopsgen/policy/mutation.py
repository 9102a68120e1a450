"""What Gatekeeper makes of an object before policies judge it: all mutators, until nothing changes any more.

https://open-policy-agent.github.io/gatekeeper/website/docs/mutation
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from gitopsgen.model.unchecked import text
from gitopsgen.model.variant import Path
from gitopsgen.policy.changing import UnmutableError, as_text, copied
from gitopsgen.policy.contradictions import contradicting
from gitopsgen.policy.match import Candidate, UnmatchableError, is_for
from gitopsgen.policy.mutators import GROUP, KINDS, MalformedMutatorError, Mutator, read_mutator

_OWN_GROUPS: Final = frozenset(
    f"{name}.gatekeeper.sh"
    for name in ("templates", "constraints", "mutations", "config", "externaldata", "expansion", "status")
)


class Fault(NamedTuple):
    """What keeps a mutator (by its place among the objects) from changing anything."""

    place: int
    message: str
    field: Path
    is_refused: bool


class Mutated(NamedTuple):
    """An object as it is after mutation, and the mutators that changed it."""

    candidate: Candidate
    changed_by: tuple[str, ...]


class Mutation:
    """The mutators of a cluster."""

    def __init__(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Read the mutators among the objects."""
        self.faults: list[Fault] = []
        read = sorted(self._read(objects), key=lambda one: (KINDS.index(one[1].kind), one[1].name))
        at_odds = contradicting([mutator for _, mutator in read])
        for place, mutator in read:
            others = [one for one in at_odds if one != mutator.label]
            if mutator.label in at_odds:
                message = (
                    f"it contradicts {', '.join(others) or 'itself'} about what its location holds: none is applied"
                )
                self.faults.append(Fault(place, message, ("spec", "location"), is_refused=False))
        self.faults.sort()
        self._mutators = [mutator for _, mutator in read if mutator.label not in at_odds]

    def _read(self, objects: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Mutator]]:
        for place, data in enumerate(objects):
            group = text(data.get("apiVersion")).rpartition("/")[0]
            if group != GROUP or data.get("kind") not in KINDS:
                continue
            try:
                yield place, read_mutator(data)
            except MalformedMutatorError as error:
                self.faults.append(Fault(place, error.message, error.field, is_refused=True))

    def __bool__(self) -> bool:
        """Tell whether there is any mutator to apply."""
        return bool(self._mutators)

    def of(self, candidate: Candidate, operation: str = "") -> Mutated:
        """Give an object as mutators leave it; raises `UnmutableError` and `UnmatchableError`.

        `operation` is `CREATE` or `UPDATE`; without one, as for what comes of another object, only mutators for both
        are applied.
        """
        version = text(candidate.data.get("apiVersion")).rpartition("/")[2]
        kind = (candidate.group, version, candidate.kind)
        chosen = [one for one in self._mutators if one.is_for(kind, operation)]
        if not chosen or candidate.group in _OWN_GROUPS:
            return Mutated(candidate, ())
        data = copied(candidate.data)
        changed_by: set[str] = set()
        for _ in range(len(self._mutators) + 1):
            before = as_text(data)
            changed_by.update(one.label for one in chosen if _changes(one, data, candidate))
            # Mutators may overrule each other, as long as each round ends with the same.
            if as_text(data) == before:
                labels = tuple(one.label for one in chosen if one.label in changed_by)
                return Mutated(replace(candidate, data=_whole(data)), labels)
        names = ", ".join(one.label for one in chosen if one.label in changed_by)
        raise UnmutableError(f"mutation comes to no end: {names} go on changing it")


def _changes(mutator: Mutator, data: dict[str, Any], candidate: Candidate) -> bool:
    """Apply a mutator and tell whether anything is different."""
    before = as_text(data)
    try:
        is_made = is_for(mutator.match, replace(candidate, data=data)) and mutator.change.made_in(data)
    except (UnmutableError, UnmatchableError) as error:
        raise type(error)(f"{mutator.label}: {error}") from error
    return is_made and as_text(data) != before


def _whole(value: Any) -> Any:
    """Give numbers without a fraction as JSON has them."""
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
