"""What breaks first when there is more to do: every ceiling a fifth higher, say.

What grows are the pods of what an autoscaler scales and of Deployments that a case brings; brokers, databases and
what charts install stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from gitopsgen.capacity.objects import Objects
from gitopsgen.capacity.placement import Unplaced, place
from gitopsgen.capacity.pods import Amounts, amounts
from gitopsgen.capacity.quotas import classes
from gitopsgen.capacity.verdict import Verdict, waits
from gitopsgen.capacity.workload import Workload
from gitopsgen.model.unchecked import mapping, text

FURTHEST: Final = 20  # percent
_COUNTED: Final = {"requests.cpu": "cpu", "cpu": "cpu", "requests.memory": "memory", "memory": "memory", "pods": "pods"}


@dataclass(frozen=True, slots=True)
class Break:
    """What breaks first, at so many percent more: a resource of the nodes, or a quota (`quota` names it then)."""

    percent: int
    resource: str
    workload: str
    quota: str = ""
    is_lost: bool = False


def breaks(verdict: Verdict, objects: Objects, furthest: int = FURTHEST) -> tuple[Break, ...]:
    """Give what of the quotas and what of the nodes breaks first when all grows, the earlier one first."""
    quotas = _quotas(objects)

    def of_quotas(percent: int) -> Break | None:
        return _quota_broken(verdict, quotas, _counts_at(verdict, percent), percent)

    def of_nodes(percent: int) -> Break | None:
        return _nodes_broken(verdict, _counts_at(verdict, percent), percent)

    found = [_first(of_quotas, furthest), _first(of_nodes, furthest)]
    return tuple(sorted((one for one in found if one), key=lambda one: one.percent))


def _first(at: Callable[[int], Break | None], furthest: int) -> Break | None:
    low, high, found = 0, furthest, at(furthest)
    while found and high - low > 1:  # what does not hold with less growth does not hold with more
        middle = (low + high) // 2
        here = at(middle)
        low, high, found = (low, middle, here) if here else (middle, high, found)
    return found


def _counts_at(verdict: Verdict, percent: int) -> dict[int, int]:
    return verdict.counts(lambda one: grown(one, percent))


def grown(workload: Workload, percent: int) -> int:
    """Give how many pods a workload has at its peak with so many percent more to do."""
    claim = workload.claim
    grows = claim.is_scaled or (claim.kind == "Deployment" and claim.item.data)
    return (ceil(claim.most * (100 + percent) / 100) if grows else claim.most) + claim.surge


@dataclass(frozen=True, slots=True)
class _Quota:
    name: str
    namespace: str
    classes: frozenset[str]  # priority classes that count, all where there are none
    bounds: Amounts


def _nodes_broken(verdict: Verdict, counts: Mapping[int, int], percent: int) -> Break | None:
    whole = place(verdict.workloads, counts, verdict.nodes)
    if whole.unplaced:
        return _broken(whole.unplaced[0], percent, is_lost=False)
    for gone in verdict.losses:
        rest = [node for node in verdict.nodes if node is not gone]
        for one in place(verdict.workloads, counts, rest).unplaced:
            if not waits(one):
                return _broken(one, percent, is_lost=True)
    return None


def _broken(one: Unplaced, percent: int, *, is_lost: bool) -> Break:
    return Break(percent, one.lacks or "nodes apart", one.workload.title, is_lost=is_lost)


def _quota_broken(verdict: Verdict, quotas: Sequence[_Quota], counts: Mapping[int, int], percent: int) -> Break | None:
    for quota in quotas:
        for resource, bound in quota.bounds.items():
            asked = {
                number: counts[number] * (1 if resource == "pods" else one.requests.get(resource, 0))
                for number, one in enumerate(verdict.workloads)
                if _counts(quota, one)
            }
            if asked and sum(asked.values()) > bound:
                largest = verdict.workloads[max(asked, key=lambda number: asked[number])]
                return Break(percent, resource, largest.title, f"{quota.namespace}/{quota.name}")
    return None


def _counts(quota: _Quota, workload: Workload) -> bool:
    claim = workload.claim
    if claim.namespace != quota.namespace or claim.per_node:
        return False
    return not quota.classes or text(claim.spec.get("priorityClassName")) in quota.classes


def _quotas(objects: Objects) -> list[_Quota]:
    found = []
    for item in objects.of("ResourceQuota"):
        counted = classes(item.spec)
        if counted is not None:
            hard = {_COUNTED[name]: value for name, value in mapping(item.spec.get("hard")).items() if name in _COUNTED}
            found.append(_Quota(item.name, item.namespace, counted, amounts(hard)))
    return found
