"""`rollouts.yaml` and the release lock of a project: what is wrong in them, at its line; and what a release sets."""

from __future__ import annotations

import pytest

from gitopsgen.compose import Selection, compose, provenance
from gitopsgen.compose.rollouts import rollouts
from gitopsgen.load import load
from gitopsgen.model.variant import VariantId
from tests.projects import brief, composed, loaded, write

WAVES = """\
cases:
  shop:
    traffic: replicas
    waves:
      - {name: canary, where: {wave: 0}}
      - {name: rest}
"""
LOCK = """\
# kept by hand
cases:
  shop:
    releases:
      r1:
        date: "2026-11-21"
        values:
          greeting: welcome
          replicas: 7
    clusters:
      suzhou/edge: [r1]
"""
SUZHOU, URUMQI = (VariantId(region, "edge", "shop") for region in ("suzhou", "urumqi"))


def findings(root, changes):
    project = load(write(root, changes))
    return [brief(one) for one in (*project.diagnostics, *compose(project.value, Selection()).diagnostics)]


def plan(project, case):
    return [(batch.wave, batch.clusters) for batch in rollouts(project, (case,)).value[case]]


def test_a_case_without_an_entry_follows_the_waves_of_the_regions(tmp_path):
    project = loaded(tmp_path)

    assert plan(project, "shop") == [("canary", ("shanghai/edge",)), ("rest", ("suzhou/edge", "urumqi/edge"))]


def test_staging_comes_before_all(tmp_path):
    region = "overlays/regions/urumqi/region.yaml"
    changes = {"overlays/environments/staging.yaml": "facts: {}\n", "overlays/rollouts.yaml": WAVES}
    root = write(tmp_path, changes)
    (root / region).write_text(
        (root / region).read_text("utf-8").replace("facts:\n", "facts:\n  environment: staging\n")
    )
    project = load(root).value

    assert plan(project, "shop") == [
        ("staging", ("urumqi/edge",)),
        ("canary", ("shanghai/edge",)),
        ("rest", ("suzhou/edge",)),
    ]


def test_a_release_lies_over_all_layers_where_it_runs_and_names_its_line(tmp_path):
    project = loaded(tmp_path, {"overlays/releases.lock.yaml": LOCK})
    variants = composed(project)
    found = provenance(project, Selection(), SUZHOU, ("values", "greeting"))

    assert variants[str(SUZHOU)].context["values"]["replicas"] == 7
    assert variants[str(URUMQI)].context["values"]["replicas"] == 1
    assert [(one.layer, str(one.location)) for one in found.winners] == [
        ("release r1", "overlays/releases.lock.yaml:8:21")
    ]
    assert [one.layer for one in found.losers] == ["blueprint shop"]


def test_the_command_line_lies_over_a_release(tmp_path):
    project = loaded(tmp_path, {"overlays/releases.lock.yaml": LOCK})
    chosen = Selection(sets=(("shop.replicas", 9),))

    assert composed(project, chosen)[str(SUZHOU)].context["values"]["replicas"] == 9


def test_traffic_is_measured_without_releases(tmp_path):
    waves = WAVES.replace("{name: rest}", "{name: rest, size: 1}")
    project = loaded(tmp_path, {"overlays/rollouts.yaml": waves, "overlays/releases.lock.yaml": LOCK})

    assert [clusters for _, clusters in plan(project, "shop")][1:] == [("suzhou/edge",), ("urumqi/edge",)]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("rollouts", "shop", "shpo", 'rollouts.yaml:2:3 GG114 case "shpo" has no blueprint'),
        ("rollouts", "rest}", "rest, batchs: 2}", 'rollouts.yaml:6:22 GG111 unknown key "batchs"'),
        ("rollouts", "{wave: 0}", "{wave: 9}", 'rollouts.yaml:5:16 GG224 wave "canary" has no clusters'),
        ("rollouts", "rest}", "rest, where: {area: east}}", "rollouts.yaml:4:5 GG223 clusters of"),
        (
            "rollouts",
            "{wave: 0}",
            "{country: CN}, batches: 1",
            "rollouts.yaml:5:55 GG225 shanghai, urumqi are failover",
        ),
        ("rollouts", "rest}", "rest, limits: {traffic: 10%}}", "rollouts.yaml:6:40 GG226"),
        ("rollouts", "replicas", "greeting", 'rollouts.yaml:3:14 GG229 "greeting" is no number'),
        ("releases.lock", "[r1]", "[r2]", 'releases.lock.yaml:11:21 GG114 release "r2" does not exist'),
        ("releases.lock", "suzhou/edge", "suzhuo/edge", 'releases.lock.yaml:11:7 GG114 region "suzhuo" does not exist'),
        ("releases.lock", "suzhou/edge", "shanghai/platform", 'cluster "platform" of "shanghai" does not run "shop"'),
        ("releases.lock", "greeting", "greetign", 'releases.lock.yaml:8:11 GG201 unknown key "greetign"'),
        ("releases.lock", "replicas: 7", "replicas: 70", "releases.lock.yaml:9:21 GG202"),
        ("releases.lock", '"2026-11-21"', "yesterday", "releases.lock.yaml:6:15 GG112"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(tmp_path, file, old, new, expected):
    text = {"rollouts": WAVES, "releases.lock": LOCK}[file]
    assert old in text

    found = findings(tmp_path, {f"overlays/{file}.yaml": text.replace(old, new, 1)})

    assert any(expected in one for one in found), found


def test_a_lock_that_cannot_be_read_renders_nothing(tmp_path):
    """Else every city would silently go back to what it had before any release."""
    project = load(write(tmp_path, {"overlays/releases.lock.yaml": "cases: [\n"})).value

    assert compose(project, Selection()).value == ()
