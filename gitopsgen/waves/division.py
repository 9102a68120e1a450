"""The rollout of one case: its clusters in waves and batches, and every constraint that they do not keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gitopsgen.model.rollout import Batch, Limits, Rollout, Wave
from gitopsgen.values import Problem, did_you_mean, path_text
from gitopsgen.waves.batches import ImpossibleError, Wish, batches_of
from gitopsgen.waves.colouring import Graph, Room, within
from gitopsgen.waves.findings import (
    EMPTY_WAVE,
    INSEPARABLE_NEIGHBOURS,
    OVERLARGE_BATCH,
    OVERLARGE_WAVE,
    REPEATED_WAVE,
    UNMEASURED_TRAFFIC,
    UNROLLED_CLUSTER,
)
from gitopsgen.waves.members import Member
from gitopsgen.waves.neighbours import neighbours

LAST = "production"
_NAMED = 8  # clusters that a message names before it only counts


def divide(
    rollout: Rollout, environments: Sequence[str], members: Sequence[Member]
) -> tuple[tuple[Batch, ...], tuple[Problem, ...]]:
    """Give the batches of a rollout, in order, and what is wrong with it.

    `environments` are in the order in which changes reach them; empty for any before production. All but the last
    are a wave each. Problems have paths of the file that declares rollouts.
    """
    division = _Division(rollout, members)
    order = _order(environments, members)
    for name in order[:-1]:
        division.add(Wave(name, {}, path=rollout.path), [one for one in members if one.environment == name], Limits())
    last = [one for one in members if order and one.environment == order[-1]]
    division.waves(last)
    unlisted = [one for one in members if one.environment not in order]
    division.unrolled(unlisted, "belong to an environment that is not listed", ("environments",))
    return tuple(division.batches), tuple(division.problems)


def _order(environments: Sequence[str], members: Sequence[Member]) -> list[str]:
    known = sorted({one.environment for one in members}, key=lambda name: (name == LAST, name))
    return [name for name in environments if name in known] if environments else known


@dataclass(slots=True)
class _Division:
    """A rollout as far as it is divided."""

    rollout: Rollout
    members: Sequence[Member]
    batches: list[Batch] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    graph: Graph = field(default_factory=dict)
    clusters: int = 0  # of the environment that the waves divide
    traffic: int = 0

    def __post_init__(self) -> None:
        self.graph = neighbours(self.members)

    def waves(self, members: Sequence[Member]) -> None:
        """Divide the last environment by the waves of the rollout."""
        self.clusters, self.traffic = len(members), sum(one.traffic for one in members)
        self._check_traffic()
        left = list(members)
        for wave in self.rollout.waves:
            chosen = self._taken(wave, [one for one in left if _fits(one, wave)])
            left = [one for one in left if one not in chosen]
            if any(batch.wave == wave.name for batch in self.batches):
                message = f'a wave before this one is called "{wave.name}" too'
                self.problems.append(Problem(REPEATED_WAVE, (*wave.path, "name"), message, "give it another name"))
            if not chosen:
                self._note_empty(wave)
            self._check_share(wave, chosen)
            self.add(wave, chosen, self.rollout.batch_limits)
        self.unrolled(left, "are in no wave", (*self.rollout.path, "waves"))

    def add(self, wave: Wave, chosen: Sequence[Member], limits: Limits) -> None:
        """Divide one wave into batches."""
        room = Room(_part(limits.clusters, self.clusters), _part(limits.traffic, self.traffic))
        wish = Wish(f"{self.rollout.case}\0{wave.name}", wave.batches, wave.size, room)
        graph = within(self.graph, (one.name for one in chosen))
        try:
            found = batches_of(chosen, graph, wish)
        except ImpossibleError as error:
            self._note_impossible(wave, error, limits)
            found = [sorted(one.name for one in chosen)]
        for number, clusters in enumerate(found, start=1):
            self.batches.append(Batch(wave.name, number, len(found), tuple(clusters), wave.max_update))

    def unrolled(self, members: Sequence[Member], what: str, path: tuple[str | int, ...]) -> None:
        """Report clusters that no change would reach."""
        if members:
            message = f'clusters of "{self.rollout.case}" {what}: {_names([one.name for one in members])}'
            self.problems.append(Problem(UNROLLED_CLUSTER, path, message, 'end with a wave without "where"'))

    def _taken(self, wave: Wave, fitting: Sequence[Member]) -> Sequence[Member]:
        """Give those that a wave takes: the ones with the least traffic, no neighbours among them if that can be."""
        if wave.take is None:
            return fitting
        taken: list[Member] = []
        ordered = sorted(fitting, key=lambda one: (one.traffic, one.name))
        for one in ordered:
            if len(taken) < wave.take and not any(one.name in self.graph[other.name] for other in taken):
                taken.append(one)
        rest = [one for one in ordered if one not in taken]
        return [*taken, *rest[: wave.take - len(taken)]]

    def _check_traffic(self) -> None:
        if self.rollout.traffic and self.clusters and not self.traffic:
            message = (
                f'"{path_text(self.rollout.traffic)}" is no number above 0 in any cluster, and measures no traffic'
            )
            self.problems.append(Problem(UNMEASURED_TRAFFIC, (*self.rollout.path, "traffic"), message))
            return
        declared = {
            (*self.rollout.path, "limits", "wave"): self.rollout.wave_limits,
            (*self.rollout.path, "limits", "batch"): self.rollout.batch_limits,
            **{(*wave.path, "limits"): wave.limits for wave in self.rollout.waves},
        }
        for path, limits in declared.items():
            if limits.traffic is not None and not self.traffic:
                message = "a share of traffic is limited, but no value measures traffic"
                hint = 'name the path of a value that is a number as "traffic"'
                self.problems.append(Problem(UNMEASURED_TRAFFIC, (*path, "traffic"), message, hint))

    def _check_share(self, wave: Wave, chosen: Sequence[Member]) -> None:
        """Report a wave that is more than it may be of the fleet; its own limits go before those of the case."""
        shares = {
            "clusters": (len(chosen), self.clusters),
            "traffic": (sum(one.traffic for one in chosen), self.traffic),
        }
        for what, (part, whole) in shares.items():
            own, common = getattr(wave.limits, what), getattr(self.rollout.wave_limits, what)
            limit = own if own is not None else common
            if limit is not None and 100 * part > limit * whole:
                path = (*wave.path, "limits", what) if own is not None else (*wave.path, "name")
                message = f'wave "{wave.name}" has {_share(part, whole)} of the {what}, expected {limit} % at most'
                hint = "divide the wave, or raise the limit"
                self.problems.append(Problem(OVERLARGE_WAVE, path, message, hint))

    def _note_empty(self, wave: Wave) -> None:
        known = {name for one in self.members for name in one.facts}
        odd = [(word, name) for word, names in self._asked(wave) for name in names if name not in known]
        message = f'wave "{wave.name}" has no clusters'
        if odd:
            message += f': "{odd[0][1]}" is no fact of a cluster'
        hint = did_you_mean(odd[0][1], known) if odd else "those that fit are in waves before it, or there are none"
        path = (*wave.path, *odd[0]) if odd else (*wave.path, "name")
        self.problems.append(Problem(EMPTY_WAVE, path, message, hint))

    @staticmethod
    def _asked(wave: Wave) -> tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...]:
        return ("where", wave.where), ("unless", wave.unless)

    def _note_impossible(self, wave: Wave, error: ImpossibleError, limits: Limits) -> None:
        count = wave.batches
        path = (*wave.path, "batches") if count is not None else (*wave.path, "name")
        if error.clusters:
            message = f"{_names(error.clusters)} are failover neighbours that {_batches(count)} cannot keep apart"
            self.problems.append(Problem(INSEPARABLE_NEIGHBOURS, path, message, "allow one batch more"))
            return
        sides = {"clusters": limits.clusters, "traffic": limits.traffic}
        bounds = " and ".join(f"{limit} % of the {what}" for what, limit in sides.items() if limit is not None)
        what = f'wave "{wave.name}" cannot be divided into {_batches(count)}' if count else f'in wave "{wave.name}"'
        verdict = f"of at most {bounds} each" if count else f"one cluster alone is more than {bounds}"
        found = "" if error.is_proven else " (none was found in time)"
        message = f"{what} {verdict}{found}"
        self.problems.append(Problem(OVERLARGE_BATCH, path, message, "allow more batches, or raise the limit"))


def _fits(member: Member, wave: Wave) -> bool:
    def has(name: str, values: tuple[str, ...]) -> bool:
        return not set(values).isdisjoint(member.facts.get(name, ()))

    return all(has(*fact) for fact in wave.where.items()) and not any(has(*fact) for fact in wave.unless.items())


def _part(limit: int | None, whole: int) -> int | None:
    return None if limit is None else limit * whole // 100


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".0 %", " %") if whole else "none"


def _batches(count: int | None) -> str:
    return "one batch" if count == 1 else f"{count} batches"


def _names(names: Sequence[str]) -> str:
    """Give names as a list, cut where it is long; cities alone where they have one cluster each."""
    cities = [name.partition("/")[0] for name in names]
    listed = cities if len(set(cities)) == len(cities) else list(names)
    return ", ".join(_cut(listed))


def _cut(names: Sequence[str]) -> Iterator[str]:
    yield from names[:_NAMED]
    if len(names) > _NAMED:
        yield f"and {len(names) - _NAMED} more"
