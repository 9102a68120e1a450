"""Prints what was measured, and how it stands to the goals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.bench.measure import Cost

Results = dict[int, dict[str, Cost]]
MANIFESTS_A_CITY = 5 * 26
LARGE = 1000


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted of a number; `at_least` where more is better."""

    name: str
    reached: float
    wanted: float
    unit: str = "x"
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the number is as good as wanted."""
        return self.reached >= self.wanted if self.at_least else self.reached <= self.wanted


def print_costs(size: int, costs: Mapping[str, Cost]) -> None:
    """Print the medians of one size."""
    count = size * MANIFESTS_A_CITY
    print(f"\n## {size} cities, {count:,} manifests\n")
    print("| | wall s | best | CPU s | µs CPU a manifest | peak MB | to our cold run |")
    print("|---|---|---|---|---|---|---|")
    for name, cost in costs.items():
        ratio = cost.wall / costs["cold"].wall
        times = f"{cost.wall:.3f} | {cost.best:.3f} | {cost.cpu:.3f} | {cost.cpu / count * 1e6:.0f}"
        print(f"| {name} | {times} | {cost.memory:.0f} | {ratio:.2f}x |", flush=True)


def print_goals(results: Results, per_document: Mapping[str, float]) -> None:
    """Print every goal that can be told from what was measured."""
    print("\n## Goals\n\n| goal | wanted | reached | |\n|---|---|---|---|")
    for goal in goals(results, per_document):
        sign = ">=" if goal.at_least else "<="
        met = "met" if goal.is_met else "MISSED"
        print(f"| {goal.name} | {sign} {goal.wanted:g}{goal.unit} | {goal.reached:.2f}{goal.unit} | {met} |")


def goals(results: Results, per_document: Mapping[str, float]) -> Iterator[Goal]:
    """Give the goals of all sizes."""
    sizes = sorted(results)
    for size in sizes:
        yield from _of_size(size, results[size])
    first, last = results[sizes[0]], results[sizes[-1]]
    if len(sizes) > 1:
        growth = last["cold"].cpu / sizes[-1] / (first["cold"].cpu / sizes[0])
        yield Goal(f"CPU a manifest, {sizes[-1]} to {sizes[0]} cities", growth, 1.0)
        region = last["one region from nothing"].wall / first["one region from nothing"].wall
        yield Goal(f"one region from nothing, {sizes[-1]} to {sizes[0]} cities", region, 1.15)
    yield Goal("start of the command line", first["start (--version)"].wall, 0.1, " s")
    ratio = per_document["kubernetes-validate"] / per_document["ours"]
    yield Goal("schema check a document, against kubernetes-validate", ratio, 1000, at_least=True)


def _of_size(size: int, costs: Mapping[str, Cost]) -> Iterator[Goal]:
    cold = costs["cold"].wall
    at = f"{size} cities: "
    yield from _against_peers(at, costs)
    yield Goal(f"{at}cold to cp -r", cold / costs["cp -r of the output"].wall, 1.2 if size >= LARGE else 4)
    # The start of the command line has a goal of its own.
    beyond = costs["nothing changed"].wall - costs["start (--version)"].wall
    status = beyond / costs["git status"].wall
    yield Goal(f"{at}nothing changed, beyond the start, to git status", status, 1.8 if size >= LARGE else 3)
    yield Goal(
        f"{at}nothing changed, beyond the start, to sha256sum", beyond / costs["sha256sum of the tree"].wall, 0.5
    )
    if size < LARGE:
        yield Goal(f"{at}nothing changed", costs["nothing changed"].wall, 0.25, " s")
    yield Goal(f"{at}one city changed to cold", costs["one city changed"].wall / cold, 0.25)
    city = costs.get("kubectl kustomize of one city")
    if city:
        yield Goal(f"{at}one region to kustomize of it", costs["one region from nothing"].wall / city.wall, 0.6)
    yield Goal(f"{at}peak memory of a process", costs["cold"].memory, 200 if size >= LARGE else 64, " MB")


def _against_peers(at: str, costs: Mapping[str, Cost]) -> Iterator[Goal]:
    """Give the goals against tools that render, with kubeconform to check what they give."""
    cold = costs["cold"].wall
    checks = costs.get("kubeconform alone")
    kustomize = costs.get("kubectl kustomize, a process a variant")
    if kustomize and checks:
        reached = (kustomize.wall + checks.wall) / cold
        yield Goal(f"{at}kubectl kustomize and kubeconform", reached, 20, at_least=True)
    if "helm template" in costs and checks:
        helm = costs["helm template"].wall + checks.wall
        yield Goal(f"{at}helm template and kubeconform", helm / cold, 12, at_least=True)
    for name in costs:
        if name.startswith("loop of jinja2"):
            yield Goal(f"{at}{name}", costs[name].wall / cold, 250, at_least=True)
    if checks:
        yield Goal(f"{at}cold to kubeconform alone", cold / checks.wall, 0.7)
