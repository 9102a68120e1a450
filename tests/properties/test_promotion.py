"""Random promotions and rollbacks: only files of the clusters meant change, and the tree is what the lock says.

On a fleet of seven cities in staging and three waves. Some releases bring another kind of object, so that what Argo CD
may deploy changes too.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitopsgen.compose import Selection
from gitopsgen.diagnostics import UsageError
from gitopsgen.pipeline import Promotion, RenderOptions, Rollback, promote, render, rollback, status
from gitopsgen.promote import Scope

BASE = Path(__file__).parents[1] / "stories/base"
CITIES = {"changzhou": 1, "hefei": 1, "nanjing": 2, "nantong": 1, "yangzhou": 2}
DEEP = bool(os.environ.get("GITOPSGEN_DEEP"))  # set by `make deep`, which runs what is marked
pytestmark = [pytest.mark.deep] if DEEP else []
OPTIONS = RenderOptions(Selection())
LOCK = "overlays/releases.lock.yaml"
ACCOUNT = """\
{% if values.replicas > 5 %}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: hello
  namespace: {{ case.namespace }}
{% endif %}
"""
ROLLOUTS = """\
cases:
  hello:
    waves:
      - {name: canary, where: {wave: 0}}
      - {name: small, where: {wave: 1}, batches: 2}
      - {name: large, size: 1}
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("fleet") / "project"
    shutil.copytree(BASE, root)
    own = (root / "overlays/regions/wuxi/region.yaml").read_text("utf-8")
    for number, (city, wave) in enumerate(CITIES.items()):
        text = own.replace("lat: 31.57", f"lat: {31.6 + number / 10}").replace("wave: 1", f"wave: {wave}")
        region = root / f"overlays/regions/{city}/region.yaml"
        region.parent.mkdir()
        region.write_text(text, "utf-8")
    fleet = root / "overlays/fleet.yaml"
    text = fleet.read_text("utf-8").replace(
        "    - {wave: 1, name: rest}\n", "    - {wave: 1, name: rest}\n    - {wave: 2, name: last}\n"
    )
    fleet.write_text(text, "utf-8")
    staging = (root / "overlays/regions/hefei/region.yaml").read_text("utf-8")
    (root / "overlays/regions/hefei/region.yaml").write_text(
        staging.replace("facts:\n", "facts:\n  environment: staging\n"), "utf-8"
    )
    (root / "overlays/environments/staging.yaml").write_text("facts: {}\ncases: {}\n", "utf-8")
    (root / "overlays/rollouts.yaml").write_text(ROLLOUTS, "utf-8")
    (root / "blueprints/hello/manifests/account.yaml.j2").write_text(ACCOUNT, "utf-8")
    assert render(root, OPTIONS).diagnostics == ()
    return root


PROMOTIONS = st.one_of(
    st.builds(lambda value: (("greeting", value),), st.sampled_from(["Hi", "Hello", "你好", "yes", "1.10"])),
    st.builds(
        lambda value: (("replicas", value),), st.integers(0, 9)
    ),  # none is not allowed, and from 6 on brings an account
).map(lambda sets: Promotion("hello", "2026-11-21", sets))
ANYWHERE = st.sampled_from(["", "staging", "canary", "small", "large"]).map(Scope)
STEPS = st.one_of(
    PROMOTIONS,
    st.just(Promotion("hello", "2026-11-21")),
    st.builds(lambda scope: Promotion("hello", "2026-11-21", scope=scope, any_order=True), ANYWHERE),
    st.builds(lambda scope, to: Rollback("hello", to, scope), ANYWHERE, st.sampled_from(["", "", "none", "r1"])),
)


@given(steps=st.lists(STEPS, min_size=3, max_size=7))
@settings(max_examples=100 if DEEP else 5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_the_clusters_meant_change_and_the_tree_is_what_the_lock_says(template, tmp_path_factory, steps):
    root = tmp_path_factory.mktemp("run") / "project"
    shutil.copytree(template, root)
    for step in steps:
        before, run = files(root), runs(root)
        try:
            done = promote(root, step, OPTIONS) if isinstance(step, Promotion) else rollback(root, step, OPTIONS)
        except UsageError:
            assert files(root) == before
            continue
        after = files(root)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}

        if done.rendered.diagnostics or done.change is None:
            assert changed == set()
            continue
        meant = {cluster.partition("/")[0] for cluster in done.change.clusters}
        assert {name.split("/")[1] for name in changed if name.startswith("generated/")} <= {
            *meant,
            "argocd",
            ".traces",
        }
        assert {name for name in changed if not name.startswith("generated/")} == {LOCK}
        assert {city for city in run if runs(root)[city] != run[city]} == set(done.change.clusters)
        if {name for name in changed if name.startswith("generated/argocd/")}:
            assert any("serviceaccount" in name for name in changed)
    assert_fresh(root, tmp_path_factory.mktemp("fresh") / "project")


def assert_fresh(root, other):
    """Compare with a tree that was rendered from the same inputs at once, without any memory."""
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("generated", ".gitopsgen"))
    assert render(other, OPTIONS).diagnostics == ()
    own = {name: content for name, content in files(root).items() if "/.traces/" not in name}

    assert own == {name: content for name, content in files(other).items() if "/.traces/" not in name}
    report = render(root, OPTIONS)
    assert (report.created, report.deleted) == ((), ())
    assert [path for path in report.updated if not path.startswith(".traces/")] == []
    greetings = {name: yaml.safe_load(text) for name, text in own.items() if name.endswith("configmap-hello.yaml")}
    assert len(greetings) == len(CITIES) + 2


def runs(root):
    (progress,) = status(root, "hello").value
    return {cluster: name for step in progress.steps for name, each in step.clusters.items() for cluster in each}


def files(root):
    kept = (path for path in root.rglob("*") if path.is_file() and ".gitopsgen" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in kept}
