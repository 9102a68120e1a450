"""Which regions go to which process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gitopsgen.pipeline.work import Member, RegionWork

FEW: Final = 3  # regions: below that, there is little to learn from one for the next
SMALL: Final = 12  # regions: below that, starting processes costs more than they save


def division(stale: Sequence[Member], jobs: int, work: RegionWork) -> list[Sequence[Member]]:
    """Split regions evenly, those that are alike together; each process writes its own.

    What every region needs is made before, once, so that processes inherit it.
    """
    work.regions.is_shared = len(stale) > FEW
    if jobs <= 1 or len(stale) < SMALL:
        return [stale]
    work.regions.warm(stale[:1])
    parts: list[list[Member]] = [[] for _ in range(jobs)]
    total, begun = sum(len(variants) for _, variants in stale), 0
    for member in sorted(stale, key=_likeness):
        parts[begun * jobs // total].append(member)
        begun += len(member[1])
    return [part for part in parts if part]


def _likeness(member: Member) -> tuple[str, str]:
    region = member[1][0].context["region"]
    return str(region.get("tier", "")), str(region.get("area", ""))
