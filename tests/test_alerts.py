"""Alert rules as Prometheus itself reads them: every rendered rule is sound, and fires when it should.

`tests/alerts/<city>-<cluster>-<case>.yaml` are unit tests in promtool's own form; `rules.yaml` there stands for the
rules that the variant renders. Without promtool (Debian's package `prometheus`) nothing can be said.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from gitopsgen.compose import Selection
from gitopsgen.pipeline.project import open_project
from gitopsgen.pipeline.work import RegionWork

ROOT = Path(__file__).parents[1]
TESTS = sorted((ROOT / "tests/alerts").glob("*.yaml"))
PROMTOOL = shutil.which("promtool")
CITIES = ("shanghai", "suzhou")
pytestmark = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian's package `prometheus`)")


@pytest.fixture(scope="module")
def rules():
    """Give the groups of all PrometheusRules, by variant."""
    opened = open_project(ROOT, Selection(regions=CITIES))
    work = RegionWork(opened.regions, None)
    list(work.judge(opened.members()))
    found: dict[str, list[object]] = {}
    for one in work.rendered:
        if "/prometheusrule-" in one.path:
            groups = yaml.safe_load(one.content)["spec"]["groups"]
            found.setdefault(one.owner.replace("/", "-"), []).extend(groups)
    return found


def promtool(*arguments: str, folder: Path) -> str:
    done = subprocess.run([str(PROMTOOL), *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_rule_is_one_that_prometheus_reads(rules, tmp_path):
    for variant, groups in rules.items():
        (tmp_path / f"{variant}.yaml").write_text(yaml.safe_dump({"groups": groups}), "utf-8")

    assert set(rules) >= {test.stem for test in TESTS}
    assert promtool("check", "rules", *(f"{variant}.yaml" for variant in sorted(rules)), folder=tmp_path) == ""


@pytest.mark.parametrize("test", TESTS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_not_before(test, rules, tmp_path):
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": rules[test.stem]}), "utf-8")
    shutil.copy(test, tmp_path / "test.yaml")

    assert promtool("test", "rules", "test.yaml", folder=tmp_path) == ""
