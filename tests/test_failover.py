"""A city may have any number of neighbours that take over, none included."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from gitopsgen.compose import Selection
from gitopsgen.pipeline import RenderOptions, render

ROOT = Path(__file__).parent.parent
FOLDER = "generated/wuhu/edge/payment-gateway"
PEERS = ("authorizationpolicy", "destinationrule", "serviceentry", "virtualservice")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("failover")
    for name in ("blueprints", "overlays", "schemas"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "gitopsgen.yaml", root)
    return root


def rendered(root, failover):
    """Render the city with these neighbours, and give its objects between cities by kind."""
    region = root / "overlays/regions/wuhu/region.yaml"
    text = (ROOT / "overlays/regions/wuhu/region.yaml").read_text("utf-8")
    region.write_text(re.sub(r"\n *failover: .*\n", failover, text), "utf-8")
    report = render(root, RenderOptions(Selection(regions=("wuhu",))))
    assert [one for one in report.diagnostics if one.severity.value == "error"] == []
    files = {kind: root / FOLDER / f"{kind}-payment-gateway-peers.yaml" for kind in PEERS}
    return {kind: yaml.safe_load(file.read_text("utf-8")) for kind, file in files.items() if file.exists()}


@pytest.mark.parametrize("failover", ["\n", "\n  failover: []\n"])
def test_a_city_without_neighbours_has_no_way_to_them(project, failover):
    assert rendered(project, failover) == {}


def test_a_single_neighbour_is_not_ranked(project):
    found = rendered(project, "\n  failover: [nanjing]\n")

    assert sorted(found) == sorted(PEERS)
    (endpoint,) = found["serviceentry"]["spec"]["endpoints"]
    assert (endpoint["address"].split(".")[0], "labels" in endpoint) == ("nanjing", False)
    assert found["destinationrule"]["spec"]["trafficPolicy"]["loadBalancer"] == {"simple": "LEAST_REQUEST"}
    assert found["destinationrule"]["spec"]["trafficPolicy"]["outlierDetection"]["maxEjectionPercent"] == 100


@pytest.mark.parametrize("names", [("nanjing", "hefei"), ("nanjing", "hefei", "changzhou")])
def test_the_nearest_neighbour_matches_the_whole_priority_and_each_other_less(project, names):
    found = rendered(project, f"\n  failover: [{', '.join(names)}]\n")

    priority = found["destinationrule"]["spec"]["trafficPolicy"]["loadBalancer"]["localityLbSetting"][
        "failoverPriority"
    ]
    assert len(priority) == len(names) - 1
    matched = {}
    for endpoint in found["serviceentry"]["spec"]["endpoints"]:
        labels = endpoint.get("labels", {})
        has = [labels.get(one.partition("=")[0]) == one.partition("=")[2] for one in priority]
        matched[endpoint["address"].split(".")[0]] = has.index(False) if False in has else len(has)
    nearest_first = sorted(matched, key=matched.get, reverse=True)
    assert sorted(matched.values()) == list(range(len(names)))  # each is a step of its own
    assert nearest_first == list(names)
