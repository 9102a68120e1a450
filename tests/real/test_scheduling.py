"""What `gitopsgen capacity` reckons, and what a real scheduler does with the same clusters: the same numbers.

One city of each tier, and every class of a core city. Rendered workloads are given as they are, at the ceiling of what
scales them with the surge of a rollout; pods that operators and charts would make are stood in for.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pytest

from gitopsgen.capacity import Item, Setting, Verdict, judge
from gitopsgen.capacity.neighbours import Neighbours
from gitopsgen.capacity.objects import Objects
from gitopsgen.capacity.spots import Spot, admits
from gitopsgen.compose import Selection
from gitopsgen.pipeline.project import open_project
from gitopsgen.template.instance import is_node_data

from .builds import UnavailableError
from .needs import without
from .nodes import nodes
from .reserved import amount
from .scheduler import Cluster, Pod, scheduling_cluster
from .standins import LABEL, StandIns
from .test_apiserver import CHECKOUT, MODERN

pytestmark = pytest.mark.real

BASE = "cluster-base"
CLUSTERS = [
    "wuhu/edge",
    "suzhou/edge",
    "suzhou/trading",
    *(f"shanghai/{name}" for name in ("edge", "trading", "risk", "hosts", "platform", "bank-a")),
]
# Of a cluster with one node: sizes that do not do, and what they have too little of.
TOO_SMALL = {"cpu": {"cpu": 3, "memory": "8Gi"}, "memory": {"cpu": 4, "memory": "6Gi"}}
Asked = dict[str, dict[str, int]]
Numbers = dict[str, int]


@dataclass(frozen=True)
class Subject:
    """A cluster as it is rendered, and what is reckoned of it."""

    address: str
    cases: frozenset[str]
    items: Sequence[Item]
    files: Sequence[tuple[str, Any]]
    setting: Setting

    @cached_property
    def verdict(self) -> Verdict:
        verdict = judge(Objects(self.items), self.files, self.setting)
        assert verdict
        return verdict

    @cached_property
    def nodes(self) -> list[dict[str, Any]]:
        tree = CHECKOUT / "generated" / self.address
        operators = json.loads((tree / BASE / "operators.json").read_text(encoding="utf-8"))
        return nodes(tree, self.setting.facts, {each["name"] for each in operators})

    @property
    def stages(self) -> tuple[list[int], list[int]]:
        """Give the workloads by their numbers: what runs before any case, and the cases."""
        numbers = range(len(self.verdict.workloads))
        of_cases = {number for number in numbers if self.verdict.workloads[number].case in self.cases}
        return [number for number in numbers if number not in of_cases], sorted(of_cases)

    def pods(self, numbers: Iterable[int]) -> int:
        """Say how many pods some workloads have, placed or not."""
        peak = self.verdict.peak
        unplaced = {id(each.workload): each.pods for each in peak.unplaced}
        return sum(peak.placed[one] + unplaced.get(id(self.verdict.workloads[one]), 0) for one in numbers)

    def titles(self, pods: Iterable[Pod]) -> Counter[str]:
        """Count pods by what they are of."""
        return Counter(self.verdict.workloads[int(each.labels[LABEL])].title for each in pods)

    def with_size(self, size: dict[str, Any]) -> "Subject":
        """Give the same cluster with nodes of another size."""
        return replace(self, setting=replace(self.setting, facts={**self.setting.facts, "size": size}))


@dataclass(frozen=True, slots=True)
class Trial:
    """What a real scheduler did: with all nodes, and after one of several was lost."""

    subject: Subject
    refusals: list[str]
    placed: list[Pod]
    lost: str
    after: list[Pod]

    @property
    def held(self) -> Counter[str]:
        """Count the pods of the lost node whose volumes were there too."""
        gone = [each for each in self.placed if each.node == self.lost]
        return self.subject.titles(each for each in gone if each.has_volume)


def subject_of(address: str) -> Subject:
    region, name = address.split("/")
    opened = open_project(CHECKOUT, Selection(regions=(region,), clusters=(name,)))
    ((_, members),) = opened.members()
    items: list[Item] = []
    files: list[tuple[str, Any]] = []
    for variant in members:
        for instance, made in opened.made(variant):
            if made.is_resource:
                items.append(Item(variant.id.case, made.data))
            elif is_node_data(instance.template):
                files.append((made.name, made.data))
    cases = frozenset(variant.id.case for variant in members) - {BASE}
    return Subject(address, cases, items, files, opened.regions.settings.of(members))


@contextmanager
def scheduled(subject: Subject) -> Iterator[tuple[Cluster, list[Pod]]]:
    """Have a real scheduler place the pods of a cluster."""
    standing = StandIns(subject.items, subject.setting, subject.verdict.workloads)
    first, then = subject.stages
    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(scheduling_cluster(MODERN.kubernetes))
        except UnavailableError as missing:
            without(str(missing))
        cluster.create([*standing.surroundings(), *subject.nodes])
        # What is on every cluster is there long before a case has its most.
        cluster.create(standing.workloads(first))
        cluster.settle(subject.pods(first))
        cluster.create(standing.workloads(then))
        yield cluster, cluster.settle(subject.pods([*first, *then]))


def tried(subject: Subject) -> Trial:
    with scheduled(subject) as (cluster, placed):
        refusals = cluster.refusals()
        if not subject.verdict.lost:
            return Trial(subject, refusals, placed, "", [])
        # The fullest of those that take any pod.
        ((node, _),) = Counter(each.node for each in placed if each.node.startswith("node-")).most_common(1)
        cluster.lose(node)
        daemons = sum(each.node == node and each.is_of_daemon_set for each in placed)
        return Trial(subject, refusals, placed, node, cluster.settle(len(placed) - daemons))


@pytest.mark.parametrize("address", CLUSTERS)
def test_a_real_scheduler_does_what_is_reckoned(address: str) -> None:
    """One test a cluster: what it looks at takes a control plane to make."""
    trial = tried(subject_of(address))

    nodes_give_what_is_reckoned(trial)
    pods_ask_for_what_is_reckoned(trial)
    every_pod_has_its_place(trial)
    those_wait_that_are_reckoned_to(trial)


def nodes_give_what_is_reckoned(trial: Trial) -> None:
    subject = trial.subject
    real = {each["metadata"]["name"]: each for each in subject.nodes}

    assert {each.name: dict(each.free) for each in subject.verdict.nodes} == {
        name: {kind: amount(kind, value) for kind, value in each["status"]["allocatable"].items()}
        for name, each in real.items()
    }
    for node in subject.verdict.nodes:
        assert node.labels.items() <= real[node.name]["metadata"]["labels"].items()


def pods_ask_for_what_is_reckoned(trial: Trial) -> None:
    workloads = trial.subject.verdict.workloads
    asked = {number: each.requests for each in trial.placed for number in [int(each.labels[LABEL])]}

    assert asked
    assert {workloads[number].title: +Counter(found) for number, found in asked.items()} == {
        workloads[number].title: +Counter(workloads[number].requests) for number in asked
    }


def every_pod_has_its_place(trial: Trial) -> None:
    subject = trial.subject
    reckoned = subject.verdict.peak.placed

    assert trial.refusals == []
    assert [f"{each.namespace}/{each.name}: {each.reason}" for each in trial.placed if not each.node] == []
    assert subject.titles(trial.placed) == +Counter(
        {each.title: reckoned[number] for number, each in enumerate(subject.verdict.workloads)}
    )
    assert subject.verdict.fits


def those_wait_that_are_reckoned_to(trial: Trial) -> None:
    """With a node lost; and those whose volumes were there: what is reckoned leaves volumes out.

    Which of the nodes is full is luck, as the scheduler picks at random among the best. Luck may keep a large pod
    waiting that is reckoned to find a gap, but never where a gap is, as we reckon what is one. What has given way to a
    pod of more importance waits for a gap where its volume is.
    """
    if not trial.lost:
        assert len(trial.subject.nodes) == 1
        return
    those = [each for each in trial.after if not each.node]
    waiting = trial.subject.titles(those)
    reckoned = Counter({each.workload.title: each.pods for each in trial.subject.verdict.lost["node-1"].unplaced})
    unlucky = waiting - reckoned - trial.held

    told = [f"{trial.lost} lost", *(f"{each.namespace}/{each.name}: {each.reason}" for each in those)]

    assert reckoned - waiting - trial.held == Counter(), told
    assert {name: gaps for name, gaps in gaps_for(trial, unlucky).items() if gaps} == {}, told


def gaps_for(trial: Trial, titles: Iterable[str]) -> dict[str, list[str]]:
    """Give the nodes that would take each waiting pod of some workloads, as it is reckoned, beside what runs there."""
    workloads = trial.subject.verdict.workloads
    spots = {each.name: Spot(each, dict(each.free)) for each in trial.subject.verdict.nodes if each.name != trial.lost}
    for pod in trial.after:
        if pod.node:
            number = int(pod.labels[LABEL])
            spots[pod.node].take(number, workloads[number].requests)
    neighbours = Neighbours(workloads, list(spots.values()))
    found = {}
    for pod in trial.after:
        number = int(pod.labels[LABEL])
        workload = workloads[number]
        if not pod.node and workload.title in titles:
            rules = neighbours.rules_of(number)
            near = [spot for name, spot in spots.items() if pod.homes <= {name}]
            able = [spot for spot in near if admits(spot.node, workload) and rules.allow(spot)]
            found[pod.name] = [spot.node.name for spot in able if not spot.lacks(workload.requests)]
    return found


@pytest.mark.parametrize("resource", TOO_SMALL)
def test_a_cluster_that_is_too_small_is_refused_for_the_same_reason(resource: str) -> None:
    subject = subject_of(CLUSTERS[0]).with_size(TOO_SMALL[resource])
    with scheduled(subject) as (_, pods):
        reasons = [each.reason for each in pods if not each.node]

    assert {each.unplaced.lacks for each in subject.verdict.problems} == {resource}
    assert reasons
    assert all(f"Insufficient {resource}" in each for each in reasons)
