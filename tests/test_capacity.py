"""Does the fleet of this repository fit its nodes: the numbers of the documents, and clusters that are told apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitopsgen.capacity import Verdict
from gitopsgen.compose import Selection
from gitopsgen.pipeline.capacity import capacity
from gitopsgen.pipeline.project import open_project

ROOT = Path(__file__).parent.parent
MEBI = 2**20


@pytest.fixture(scope="module")
def judged():
    found = capacity(ROOT, Selection(regions=("shanghai", "zhengzhou")))
    assert [one for one in found.diagnostics if one.name == "overfull-cluster"] == []
    return {one.address: one for one in found.value.clusters}


def asked(verdict, load, case=None):
    found = verdict.asked(getattr(verdict, load), case)
    return found["cpu"], found["memory"] // MEBI


# What a pod asks for with all that is put around it, as the documents' study and the READMEs of the cases reckon it.
@pytest.mark.parametrize(
    ("cluster", "name", "expected"),
    [
        ("zhengzhou/edge", "payment-gateway", (110, 152, 16)),
        ("zhengzhou/edge", "ledger-outbox", (100, 128, 1)),
        ("zhengzhou/edge", "waypoint", (100, 128, 1)),
        ("zhengzhou/trading", "trading-service", (2010, 2064, 2)),
        ("shanghai/trading", "trading-service", (2010, 2064, 11)),
        ("shanghai/risk", "rule-engine", (110, 88, 32)),
        ("shanghai/risk", "risk-db", (300, 1152, 3)),
        ("shanghai/platform", "payment-v1", (850, 960, 10)),
        ("shanghai/platform", "acquirer-link", (300, 296, 2)),
        ("shanghai/hosts", "payment-vm-1", (4000, 8500, 1)),
        ("shanghai/bank-a", "bank-core-service", (2000, 4096, 14)),
        ("shanghai/bank-a", "core-db", (2050, 6272, 3)),
    ],
)
def test_pods_ask_for_what_the_documents_say(judged, cluster, name, expected):
    (found,) = (one for one in judged[cluster].verdict.workloads if one.claim.name == name)

    assert (found.requests["cpu"], found.requests["memory"] // MEBI, found.claim.most) == expected


# Sums of docs/capacity.md, which says where they differ from the study's; of the case alone, or of all pods.
@pytest.mark.parametrize(
    ("cluster", "case", "loads"),
    [
        ("zhengzhou/edge", "payment-gateway", ((1500, 2032), (2160, 2944), (2630, 3568))),
        ("zhengzhou/edge", None, ((2190, 3486), (2850, 4398), (3320, 5022))),
        ("zhengzhou/trading", None, ((5010, 6166), (5010, 6166), (5010, 6166))),
        ("shanghai/trading", None, ((28700, 33420), (28700, 33420), (28700, 33420))),
        ("shanghai/risk", "risk-control", ((3005, 5808), (9605, 11088), (10225, 11584))),
        ("shanghai/platform", "payment-platform", ((10850, 10896), (19200, 19536), (23250, 23608))),
        ("shanghai/platform", None, ((17590, 16308), (25940, 24948), (29990, 29020))),
        ("shanghai/bank-a", None, ((47180, 113900), (55280, 130380), (61150, 140572))),
    ],
)
def test_sums_are_those_of_the_page(judged, cluster, case, loads):
    verdict = judged[cluster].verdict

    assert tuple(asked(verdict, load, case) for load in ("usual", "most", "peak")) == loads
    written = "{:,}m".format, "{:,}Mi".format
    page = (ROOT / "docs/capacity.md").read_text("utf-8")
    assert all(
        form(number) in page for pair in (loads[0], loads[2]) for form, number in zip(written, pair, strict=True)
    )


@pytest.mark.parametrize(
    ("cluster", "workers", "fits"),
    [
        # the documents' ten nodes for the bank core: not in memory
        ("shanghai/bank-a", 10, False),
        ("shanghai/bank-a", 15, True),
        # three servers for the functions, of which one may be lost; with two none
        ("shanghai/risk", 3, True),
        ("shanghai/risk", 2, False),
        ("shanghai/trading", 2, False),
        ("shanghai/platform", 9, False),
        ("shanghai/edge", 2, False),
        ("shanghai/hosts", 3, True),
        ("shanghai/hosts", 2, False),
    ],
)
def test_fewer_nodes_do_not_hold_it(judged, cluster, workers, fits):
    known = judged[cluster].verdict
    nodes = [node for node in known.nodes if not node.takes_any] + [node for node in known.nodes if node.takes_any][
        :workers
    ]

    assert Verdict(known.workloads, nodes).fits is fits


# What is judged first is right, and alike but for one number.
REGIONS = ("baotou", "daqing", "hengyang", "weifang", "yichang", "zunyi")
OVERLAYS = {
    # one node of three processors
    "weifang/region.yaml": ("  failover:", "  clusters:\n    edge: {size: {cpu: 3}}\n  failover:"),
    # the kubelet keeps more for itself
    "yichang/cluster-base.yaml": ("", "node:\n  kubelet:\n    kubeReserved: {cpu: 900m}\n"),
    # what stands in the text of a ConfigMap
    "zunyi/payment-gateway.yaml": ("", "mesh:\n  gateway:\n    resources: {requests: {cpu: 900m}}\n"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("capacity")
    for name in ("blueprints", "overlays", "schemas"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "gitopsgen.yaml", root)
    for path, (before, after) in OVERLAYS.items():
        file = root / "overlays/regions" / path
        file.write_text(file.read_text("utf-8").replace(before, after, 1) if before else after, "utf-8")
    return root


def test_cities_that_differ_in_a_number_only_are_judged_each_by_its_own(project):
    """Like cities share a verdict: what capacity depends on must not be taken for a name."""
    opened = open_project(project, Selection(regions=REGIONS))
    opened.regions.is_shared = True

    found = {
        region: {one.name for one in opened.regions.render(region, members).diagnostics}
        for region, members in opened.members()
    }

    assert [region for region, names in found.items() if "overfull-cluster" in names] == ["weifang", "yichang", "zunyi"]
