"""What `gitopsgen capacity` reckons, and what a real scheduler does with the same cluster: the same numbers.

One city of each tier, and every class of a core city. Rendered workloads are given as they are, at the ceiling of what
scales them with the surge of a rollout; pods that operators and charts would make are stood in for.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pytest

from gitopsgen.capacity import Item, Setting, Verdict, judge
from gitopsgen.capacity.objects import Objects
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

CLUSTERS = [
    "wuhu/edge",
    "suzhou/edge",
    "suzhou/trading",
    *(f"shanghai/{name}" for name in ("edge", "trading", "risk", "hosts", "platform", "bank-a")),
]


@dataclass(frozen=True)
class Subject:
    """A cluster as it is rendered, and what is reckoned of it."""

    items: Sequence[Item]
    files: Sequence[tuple[str, Any]]
    setting: Setting
    address: str

    @cached_property
    def verdict(self) -> Verdict:
        verdict = judge(Objects(self.items), self.files, self.setting)
        assert verdict
        return verdict

    @cached_property
    def nodes(self) -> list[dict[str, Any]]:
        tree = CHECKOUT / "generated" / self.address
        operators = json.loads((tree / "cluster-base" / "operators.json").read_text(encoding="utf-8"))
        return nodes(tree, self.setting.facts, {each["name"] for each in operators})

    def with_size(self, cpu: int, memory: str) -> "Subject":
        """Give the same cluster with nodes of another size."""
        facts = {**self.setting.facts, "size": {"cpu": cpu, "memory": memory}}
        return replace(self, setting=replace(self.setting, facts=facts))


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
    return Subject(items, files, opened.regions.settings.of(members), address)


@contextmanager
def scheduled(subject: Subject) -> Iterator[tuple[Cluster, list[Pod]]]:
    """Have a real scheduler place the pods of a cluster."""
    verdict = subject.verdict
    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(scheduling_cluster(MODERN.kubernetes))
        except UnavailableError as missing:
            without(str(missing))
        for obj in (*subject.nodes, *StandIns(subject.items, subject.setting).of(verdict.workloads)):
            made = cluster.plane.create(obj)
            assert made.accepted, f"{obj['kind']} {obj['metadata']}: {made.message}"
        yield cluster, cluster.settle(expected(verdict))


def expected(verdict: Verdict) -> int:
    """Say how many pods there are, placed or not."""
    return sum(verdict.peak.placed.values()) + sum(each.pods for each in verdict.peak.unplaced)


def by_workload(pods: Sequence[Pod]) -> Counter[int]:
    """Count pods by the place of their workload."""
    return Counter(int(each.labels[LABEL]) for each in pods)


def held_by_volumes(pods: Sequence[Pod], node: str) -> Counter[int]:
    """Count the pods of a node whose volumes are there too."""
    held = [
        each
        for each in pods
        if each.node == node and any("persistentVolumeClaim" in one for one in each.spec.get("volumes", []))
    ]
    return by_workload(held)


def told(verdict: Verdict, pods: Counter[int]) -> dict[str, int]:
    return {verdict.workloads[number].title: count for number, count in pods.items() if count}


@pytest.mark.parametrize("address", CLUSTERS)
def test_a_real_scheduler_agrees(address: str) -> None:
    subject = subject_of(address)
    verdict = subject.verdict
    assert {each.name: dict(each.free) for each in verdict.nodes} == {
        each["metadata"]["name"]: {
            name: amount(name, value)
            for name, value in each["status"]["allocatable"].items()
            if name != "ephemeral-storage"
        }
        for each in subject.nodes
    }
    with scheduled(subject) as (cluster, pods):
        assert [f"{each.namespace}/{each.name}: {each.reason}" for each in pods if not each.node] == []
        assert told(verdict, by_workload(pods)) == told(verdict, Counter(verdict.peak.placed))
        asked = {int(each.labels[LABEL]): dict(each.requests) for each in pods}
        assert {verdict.workloads[number].title: value for number, value in asked.items()} == {
            verdict.workloads[number].title: dict(+Counter(verdict.workloads[number].requests)) for number in asked
        }
        if not verdict.lost:
            return
        node = Counter(each.node for each in pods if each.node.startswith("node-")).most_common(1)[0][0]
        daemons = sum(
            1 for each in pods if each.node == node and verdict.workloads[int(each.labels[LABEL])].claim.per_node
        )
        held = held_by_volumes(pods, node)
        cluster.lose(node)
        after = cluster.settle(expected(verdict) - daemons)
        waiting = by_workload([each for each in after if not each.node])
        reckoned = {each.workload.title: each.pods for each in verdict.lost["node-1"].unplaced}
        assert told(verdict, waiting - held) == reckoned, [each.reason for each in after if not each.node]
