"""What `capacity` found out, as tables for people and as records for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from gitopsgen.capacity import Node, Placement, Unplaced, Verdict
from gitopsgen.capacity.failover import Takeover
from gitopsgen.capacity.growth import FURTHEST, Break
from gitopsgen.capacity.judged import Judged
from gitopsgen.capacity.pods import Amounts, shown
from gitopsgen.capacity.verdict import waits
from gitopsgen.report import terminal

_NAMES = 28  # columns that the names of like clusters may take
_LOADS = ("usual", "most", "peak")


def overview(clusters: Sequence[Judged]) -> Iterator[str]:
    """Give one line for all clusters with the same numbers."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in clusters:
        key = (str(one.own.get("class") or one.cluster), *_line(one))
        alike.setdefault(key, []).append(one.region)
    rows = [["CLUSTERS", "NODES", "USUAL", "MOST", "ROLLOUT", "NODE LOST", "MORE TO DO"]]
    rows += [[_title(name, regions), *cells] for (name, *cells), regions in alike.items()]
    yield from terminal.table(rows)
    yield ""
    yield "What pods ask for, in percent of what nodes give: processors/memory. All numbers: --region NAME, -o json."


def _title(name: str, regions: Sequence[str]) -> str:
    title = f"{name} x{len(regions)}: {', '.join(dict.fromkeys(regions))}"
    return title if len(title) <= _NAMES else title[: _NAMES - 1].rstrip(", ") + "…"


def _line(one: Judged) -> list[str]:
    verdict = one.verdict
    shares = [_share(verdict, getattr(verdict, load), verdict.free) for load in _LOADS]
    return [_sizes(verdict.nodes), *shares, _lost(verdict), _ahead(one)]


def _share(verdict: Verdict, placement: Placement, free: Amounts) -> str:
    asked = verdict.asked(placement)
    return "/".join(f"{_percent(asked, free, name)}" for name in ("cpu", "memory")) + " %"


def _percent(asked: Amounts, free: Amounts, name: str) -> int:
    whole = free.get(name, 0)
    return -(-100 * asked.get(name, 0) // whole) if whole else 0


def _lost(verdict: Verdict) -> str:
    if not verdict.losses:
        return "-"
    if not verdict.fits:
        return "no"
    return _used(verdict, verdict.worst) if verdict.worst else "fits"


def _used(verdict: Verdict, placement: Placement) -> str:
    processors, memory, _ = (share.removesuffix(" %") for share in _used_shares(verdict, placement))
    return f"{processors}/{memory} %"


def _ahead(one: Judged) -> str:
    if not one.verdict.fits:
        return "overbooked" if one.own.get("overbooked") else "DOES NOT FIT"
    if not one.breaks:
        return f"+{FURTHEST} % fits"
    first = one.breaks[0]
    return f"+{first.percent} % {'quota ' if first.quota else ''}{first.resource}"


def _sizes(nodes: Sequence[Node]) -> str:
    return _counted(nodes, lambda free: f"{free['cpu'] / 1000:g}C {free['memory'] / 2**30:.1f}Gi")


def sizes(nodes: Sequence[Node]) -> str:
    """Give how many nodes there are that take any pod, and what each gives."""
    return _counted(nodes, lambda free: f"{shown('cpu', free['cpu'])} {shown('memory', free['memory'])}")


def _counted(nodes: Sequence[Node], size: Callable[[Amounts], str]) -> str:
    counted: dict[str, int] = {}
    for node in nodes:
        if node.takes_any:
            title = size(node.free)
            counted[title] = counted.get(title, 0) + 1
    return ", ".join(f"{number} x {title}" for title, number in counted.items())


def details(clusters: Iterable[Judged]) -> Iterator[str]:
    """Give the numbers of each cluster, a line a case."""
    for number, one in enumerate(clusters):
        if number:
            yield ""
        yield from _details(one)


def _details(one: Judged) -> Iterator[str]:
    verdict = one.verdict
    yield f"{one.address}: {sizes(verdict.nodes)}"
    rows = [["", *(cell for title in ("USUAL", "MOST", "ROLLOUT") for cell in (title, "", "pods"))]]
    rows += [[f"  {case}", *_cells(verdict, case)] for case in verdict.cases]
    rows.append(["  all", *_cells(verdict, None)])
    rows.append(["  of the nodes", *_shares(verdict, verdict.free)])
    if verdict.worst:
        rows.append(["  with one lost", *[""] * 6, *_used_shares(verdict, verdict.worst)])
    yield from terminal.table(rows)
    yield from (f"  {line}" for line in _remarks(one))


def _cells(verdict: Verdict, case: str | None) -> Iterator[str]:
    for load in _LOADS:
        asked = verdict.asked(getattr(verdict, load), case)
        yield shown("cpu", asked.get("cpu", 0))
        yield shown("memory", asked.get("memory", 0))
        yield str(asked.get("pods", 0))


def _shares(verdict: Verdict, free: Amounts) -> Iterator[str]:
    for load in _LOADS:
        asked = verdict.asked(getattr(verdict, load))
        yield from (f"{_percent(asked, free, name)} %" for name in ("cpu", "memory", "pods"))


def _used_shares(verdict: Verdict, placement: Placement) -> Iterator[str]:
    left, free = verdict.left(placement), rest_of(verdict)
    used = {name: free[name] - left.get(name, 0) for name in free}
    yield from (f"{_percent(used, free, name)} %" for name in ("cpu", "memory", "pods"))


def _remarks(one: Judged) -> Iterator[str]:
    verdict = one.verdict
    yield f"headroom in a rollout: {_headroom(verdict, verdict.peak)}" + (
        f"; with one node lost: {_headroom(verdict, verdict.worst)}" if verdict.worst else ""
    )
    verb = "overbooked" if one.own.get("overbooked") else "DOES NOT FIT"
    for problem in verdict.problems:
        when = "with one node lost" if problem.lost else "in a rollout"
        yield f"{verb} {when}: {described(problem.unplaced)}"
    waiting = {described(each) for lost in verdict.lost.values() for each in lost.unplaced if waits(each)}
    if waiting:
        yield f"with one node lost these wait: {', '.join(sorted(waiting))}"
    if verdict.fits and not one.breaks:
        yield f"{FURTHEST} % more to do: nothing breaks"
    for number, each in enumerate(one.breaks):
        yield f"{'then' if number else 'first to break'}: {described_break(each)}"


def described(one: Unplaced) -> str:
    """Give pods that find no node."""
    why = one.lacks or ("kept apart" if one.is_apart else "no node for them")
    return f"{one.pods} of {one.workload.title} ({why})"


def described_break(found: Break) -> str:
    """Give what breaks, with so many percent more to do."""
    when = ", with one node lost" if found.is_lost else ""
    what = f"quota {found.quota} ({found.resource})" if found.quota else f"{found.resource} of the nodes{when}"
    return f"{what}, with {found.percent} % more to do; most by {found.workload}"


def rest_of(verdict: Verdict) -> Amounts:
    """Give what is there when the largest node is lost that takes any pod."""
    takers = [node.free for node in verdict.nodes if node.takes_any]
    return {name: value - max(one.get(name, 0) for one in takers) for name, value in verdict.free.items()}


def _headroom(verdict: Verdict, placement: Placement) -> str:
    left = verdict.left(placement)
    return ", ".join(shown(name, left.get(name, 0)) for name in ("cpu", "memory"))


def failover(region: str, found: Sequence[Takeover]) -> Iterator[str]:
    """Give who takes over what of a lost city."""
    rows = [["CASE", "WORKLOAD", "PODS", "CARRIED", "BY"]]
    for one in found:
        verdict = "all" if one.is_carried else f"{one.carried} of {one.pods}"
        rows.append([one.case, one.workload, str(one.pods), verdict, _takers(one)])
    yield f"{region} is lost: pods that it runs usually, and who has room for them"
    yield from terminal.table(rows)


def _takers(one: Takeover) -> str:
    if not one.taken:
        return "nobody has room"
    parts = [f"{each.cluster.partition('/')[0]} {each.pods}" for each in one.taken]
    far = one.taken[-1]
    listed = ", ".join(parts[:3]) + (f" and {len(parts) - 3} more" if len(parts) > 3 else "")  # noqa: PLR2004 - a line
    return f"{listed} (≤ {far.km} km, {far.round_trip_ms:g} ms)"


def records(clusters: Iterable[Judged]) -> list[dict[str, Any]]:
    """Give all numbers of the clusters: processors in thousandths, memory in bytes."""
    return [_record(one) for one in clusters]


def _record(one: Judged) -> dict[str, Any]:
    verdict = one.verdict
    loads = [(load, getattr(verdict, load)) for load in _LOADS]
    return {
        "region": one.region,
        "cluster": one.cluster,
        "class": one.own.get("class", ""),
        "fits": verdict.fits,
        "overbooked": one.own.get("overbooked", ""),
        "nodes": [
            {"name": node.name, "takesAny": node.takes_any, "allocatable": dict(sorted(node.free.items()))}
            for node in verdict.nodes
        ],
        "allocatable": verdict.free,
        "headroom": {
            "peak": verdict.left(verdict.peak),
            "peakOneLost": verdict.left(verdict.worst) if verdict.worst else None,
        },
        "cases": [
            {"case": case, **{load: verdict.asked(each, case) for load, each in loads}} for case in verdict.cases
        ],
        "total": {load: verdict.asked(each) for load, each in loads},
        "workloads": [
            {
                "case": each.case,
                "kind": each.claim.kind,
                "namespace": each.claim.namespace,
                "name": each.claim.name,
                "perNode": each.claim.per_node,
                "least": each.claim.least,
                "most": each.claim.most,
                "surge": each.claim.surge,
                "requests": each.requests,
                "priority": each.priority,
            }
            for each in verdict.workloads
        ],
        "unplaced": [{"lost": problem.lost, **_unplaced(problem.unplaced)} for problem in verdict.problems],
        "waiting": [
            {"lost": node, **_unplaced(each)}
            for node, placement in verdict.lost.items()
            for each in placement.unplaced
            if waits(each)
        ],
        "breaks": [_break(each) for each in one.breaks],
    }


def _unplaced(one: Unplaced) -> dict[str, Any]:
    return {"workload": one.workload.title, "pods": one.pods, "lacks": one.lacks, "keptApart": one.is_apart}


def _break(found: Break) -> dict[str, Any]:
    return {
        "percent": found.percent,
        "resource": found.resource,
        "workload": found.workload,
        "quota": found.quota,
        "withOneNodeLost": found.is_lost,
    }


def takeover_records(found: Iterable[Takeover]) -> list[dict[str, Any]]:
    """Give who takes over what, for programs."""
    return [
        {
            "case": one.case,
            "workload": one.workload,
            "pods": one.pods,
            "carried": one.carried,
            "isCarried": one.is_carried,
            "by": [
                {"cluster": each.cluster, "pods": each.pods, "km": each.km, "roundTripMs": each.round_trip_ms}
                for each in one.taken
            ],
        }
        for one in found
    ]
