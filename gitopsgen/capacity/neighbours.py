"""What pods demand of the pods around them: required affinity and anti-affinity, and spreading that must hold.

https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.capacity.objects import at, whole
from gitopsgen.capacity.selectors import matches
from gitopsgen.capacity.spots import Spot, selects, tolerated
from gitopsgen.capacity.workload import Workload
from gitopsgen.model.unchecked import mapping, sequence, text

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_HOST: Final = "kubernetes.io/hostname"


@dataclass(frozen=True, slots=True)
class Term:
    """Pods meant by a selector, by the places of their workloads, and the label by which nodes count as one."""

    meant: frozenset[int]
    key: str


@dataclass(frozen=True, slots=True)
class Spread:
    """A constraint that must hold: no domain may have `skew` pods more than the emptiest of `among`."""

    term: Term
    skew: int
    among: tuple[Spot, ...]


class Neighbours:
    """The demands of all workloads on each other."""

    def __init__(self, workloads: Sequence[Workload], spots: Sequence[Spot]) -> None:
        """Find out which workload's pods each selector means."""
        self._workloads = workloads
        self._spots = spots
        self._apart = [self._terms(one, "podAntiAffinity") for one in workloads]

    def rules_of(self, number: int) -> Rules:
        """Give what pods of one workload have to keep to."""
        workload = self._workloads[number]
        # anti-affinity holds both ways: who keeps away from these pods, and from whom these keep away
        against = [
            Term(frozenset({other}), term.key)
            for other, terms in enumerate(self._apart)
            for term in terms
            if number in term.meant and other != number
        ]
        return Rules(
            number,
            self._spots,
            (*self._apart[number], *against),
            tuple(self._terms(workload, "podAffinity")),
            tuple(self._spreads(number, "DoNotSchedule")),
        )

    def _terms(self, workload: Workload, kind: str) -> list[Term]:
        found = sequence(at(workload.claim.spec, "affinity", kind, _REQUIRED))
        return [self._term(workload, mapping(term)) for term in found]

    def _term(self, workload: Workload, term: Mapping[str, Any]) -> Term:
        named = sequence(term.get("namespaces")) or [workload.claim.namespace]
        anywhere = term.get("namespaceSelector") == {}
        selector = mapping(term.get("labelSelector"))
        meant = frozenset(
            place
            for place, other in enumerate(self._workloads)
            if (anywhere or other.claim.namespace in named) and matches(selector, other.claim.labels)
        )
        return Term(meant, text(term.get("topologyKey")) or _HOST)

    def _spreads(self, number: int, when: str) -> list[Spread]:
        workload = self._workloads[number]
        found = []
        for one in sequence(workload.claim.spec.get("topologySpreadConstraints")):
            known = mapping(one)
            if known.get("whenUnsatisfiable", "DoNotSchedule") == when:
                term = self._term(workload, known)
                found.append(Spread(term, whole(known.get("maxSkew"), 1), self._among(workload, known, term.key)))
        return found

    def _among(self, workload: Workload, constraint: Mapping[str, Any], key: str) -> tuple[Spot, ...]:
        """Give the nodes that count: with the label, and as far as the constraint looks at selectors and taints."""
        honours_taints = constraint.get("nodeTaintsPolicy") == "Honor"
        ignores_selectors = constraint.get("nodeAffinityPolicy") == "Ignore"
        return tuple(
            spot
            for spot in self._spots
            if key in spot.node.labels
            and (ignores_selectors or selects(spot.node, workload))
            and not (honours_taints and not tolerated(spot.node, workload))
        )


class Rules:
    """What the pods of one workload keep to, while they are placed."""

    def __init__(
        self,
        number: int,
        spots: Sequence[Spot],
        apart: Sequence[Term],
        together: Sequence[Term],
        spreads: Sequence[Spread],
    ) -> None:
        """Count what stands already."""
        self._number = number
        self._spots = spots
        self._apart = [(term, _counts(term, spots)) for term in apart]
        self._together = [(term, _counts(term, spots)) for term in together]
        self._spreads = [(spread, _counts(spread.term, spread.among)) for spread in spreads]

    def allow(self, spot: Spot) -> bool:
        """Whether one more pod may stand there, as far as its neighbours go."""
        labels = spot.node.labels
        if any(counts.get(labels.get(term.key), 0) for term, counts in self._apart if term.key in labels):
            return False
        if not all(self._joins(term, counts, labels) for term, counts in self._together):
            return False
        return all(self._spreads_well(spread, counts, labels) for spread, counts in self._spreads)

    def _joins(self, term: Term, counts: Mapping[Any, int], labels: Mapping[str, str]) -> bool:
        if counts.get(labels.get(term.key), 0):
            return True
        # the first of pods that want to be with their like
        return self._number in term.meant and not any(counts.values()) and term.key in labels

    def _spreads_well(self, spread: Spread, counts: Mapping[Any, int], labels: Mapping[str, str]) -> bool:
        domain = labels.get(spread.term.key)
        if domain is None:
            return False
        more = int(self._number in spread.term.meant)
        return counts.get(domain, 0) + more - min(counts.values(), default=0) <= spread.skew

    def crowd(self, spot: Spot) -> int:
        """Give how many of its own stand there."""
        return spot.pods.get(self._number, 0)

    def note(self, spot: Spot) -> None:
        """Count a pod that was put there."""
        for term, counts in (*self._apart, *self._together, *((one.term, counts) for one, counts in self._spreads)):
            domain = spot.node.labels.get(term.key)
            if self._number in term.meant and domain is not None:
                counts[domain] = counts.get(domain, 0) + 1


def _counts(term: Term, spots: Sequence[Spot]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for spot in spots:
        domain = spot.node.labels.get(term.key)
        if domain is not None:
            found[domain] = found.get(domain, 0) + sum(spot.pods.get(one, 0) for one in term.meant)
    return found
