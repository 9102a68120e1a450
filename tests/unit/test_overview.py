"""The document of a fleet says what other commands say, with the line that each of it comes from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.selection import Selection
from gitopsgen.pipeline import RenderOptions, render, write_report
from gitopsgen.pipeline.overview import overview
from gitopsgen.pipeline.overview.cities import headroom
from gitopsgen.pipeline.overview.deviations import _apart

BASE = Path(__file__).parents[1] / "stories" / "base"
RELEASES = """\
cases:
  hello:
    releases:
      r1: {date: "2026-11-20", values: {replicas: 4}}
    clusters:
      wuxi/edge: [r1]
"""


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    shutil.copytree(BASE, root)
    (root / "overlays/regions/suzhou/hello.yaml").write_text("# more\nreplicas: 7\ngreeting: Hi\n")
    (root / "overlays/releases.lock.yaml").write_text(RELEASES)
    return root


def city(document, name):
    return next(one for one in document["cities"] if one["name"] == name)


def deviations(document, name):
    columns, texts = document["deviations"]["columns"], document["deviations"]["texts"]
    rows = city(document, name)["deviations"]
    return [{key: row[at] if key == "line" else texts[row[at]] for at, key in enumerate(columns)} for row in rows]


def test_values_that_differ_from_the_tier_have_the_line_that_sets_them(project):
    document = overview(project).value

    found = {one["value"]: one for one in deviations(document, "suzhou")}
    assert set(found) == {"replicas", "greeting"}
    assert (found["replicas"]["here"], found["replicas"]["file"], found["replicas"]["line"]) == (
        "7",
        "overlays/regions/suzhou/hello.yaml",
        2,
    )
    released = deviations(document, "wuxi")
    assert [(one["value"], one["here"], one["file"]) for one in released] == [
        ("replicas", "4", "overlays/releases.lock.yaml")
    ]


def test_so_have_facts_of_clusters(project):
    region = project / "overlays/regions/suzhou/region.yaml"
    region.write_text(region.read_text("utf-8") + "  clusters: {edge: {nodes: 2}}\n", "utf-8")

    found = [one for one in deviations(overview(project).value, "suzhou") if not one["case"]]

    assert [(one["cluster"], one["value"], one["here"], one["line"]) for one in found] == [("edge", "nodes", "2", 14)]


def test_a_value_that_is_called_a_secret_is_not_shown(project):
    schema = project / "blueprints/hello/values.schema.json"
    values = json.loads(schema.read_text())
    values["properties"]["apiToken"] = {"type": "string", "description": "A token."}
    schema.write_text(json.dumps(values))
    (project / "overlays/regions/suzhou/hello.yaml").write_text("apiToken: tr0ub4dor-and-3\n")

    document = overview(project).value

    assert [one["here"] for one in deviations(document, "suzhou")] == ["(hidden)"]
    assert "tr0ub4dor" not in json.dumps(document)


def test_cities_have_their_releases_neighbours_and_findings(project):
    (project / "overlays/regions/suzhou/hello.yaml").write_text("replicas: many\n")

    document = overview(project).value

    wuxi, suzhou = city(document, "wuxi"), city(document, "suzhou")
    assert [one["release"] for one in wuxi["clusters"][0]["variants"]] == ["r1"]
    assert [one["name"] for one in wuxi["failover"]] == ["suzhou"]
    assert any(document["findings"][number]["severity"] == "error" for number in suzhou["findings"])
    case = document["cases"][0]
    assert (case["name"], case["rollout"]["release"], case["rollout"]["done"]) == ("hello", "r1", 1)


def test_the_objects_of_like_variants_are_told_once(project):
    document = overview(project).value

    graphs = {one["graph"] for each in document["cities"] for one in each["clusters"][0]["variants"]}
    assert len(graphs) == 1
    assert [one[0] for one in document["graphs"][0]["objects"]].count("ConfigMap") == 1


def test_the_files_hold_the_same(project, tmp_path):
    render(project, RenderOptions(Selection()))

    written = write_report(project, tmp_path / "out").value

    data = json.loads(written.data.read_text("utf-8"))
    block = written.page.read_text("utf-8").partition('id="data">')[2].partition("</script>")[0]
    assert json.loads(block) == data
    assert (written.cities, written.variants) == (2, 2)


def test_a_base_that_cannot_be_compared_is_said_before_anything_is_written(project, tmp_path):
    with pytest.raises(UsageError):
        write_report(project, tmp_path / "out", "main")

    assert not (tmp_path / "out").exists()


def test_long_values_are_cut_where_they_can_be_told_apart():
    alike = "x" * 300

    here, there = _apart(f"[{alike}, one]", f"[{alike}, other, {alike}]")

    assert here.endswith(", one]")
    assert ", other, " in there
    assert max(len(here), len(there)) < 130
    assert _apart("1", "2") == ("1", "2")


@pytest.mark.parametrize(
    ("clusters", "percent", "fits"),
    [
        ([], None, True),
        ([{"oneLost": None, "fits": True, "overbooked": "", "takers": 1}], None, True),
        ([{"oneLost": {"cpu": 70, "memory": 90}, "fits": True, "overbooked": "", "takers": 3}], 10, True),
        ([{"oneLost": {"cpu": 120}, "fits": False, "overbooked": "", "takers": 3}], -20, False),
        ([{"oneLost": {"cpu": 120}, "fits": False, "overbooked": "by intent", "takers": 3}], -20, True),
    ],
)
def test_the_headroom_of_a_city_is_that_of_its_fullest_cluster(clusters, percent, fits):
    found = headroom(clusters)

    assert (found["percent"], found["fits"], found["clusters"]) == (percent, fits, len(clusters))
