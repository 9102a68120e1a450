"""The rules of Prometheus that were rendered: valid, and they fire when they should, by the real promtool."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from .components import promtool as program_of_prometheus
from .needs import program

pytestmark = pytest.mark.real

CHECKOUT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((CHECKOUT / "tests/alerts").glob("*.yaml"))
OF = re.compile(r"^# of: (?P<folder>\S+)$", re.MULTILINE)


def groups(folder: Path) -> list[dict[str, Any]]:
    """Give the groups of all rules of a case; the name of a group is made its own, as a PrometheusRule's is."""
    return [
        {**group, "name": f"{path.stem}/{group['name']}"}
        for path in sorted(folder.glob("prometheusrule-*.yaml"))
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["groups"]
    ]


def promtool(*arguments: object) -> None:
    done = run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [program(program_of_prometheus), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_rules_are_valid(scenario: Path, tmp_path: Path) -> None:
    rules = groups(folder_of(scenario))
    assert rules

    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": rules}), encoding="utf-8")

    promtool("check", "rules", tmp_path / "rules.yaml")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_not_otherwise(scenario: Path, tmp_path: Path) -> None:
    rules = groups(folder_of(scenario))
    # Texts are compared too where the scenario has them.
    if "exp_annotations" not in scenario.read_text(encoding="utf-8"):
        for group in rules:
            for rule in group["rules"]:
                rule.pop("annotations", None)
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": rules}), encoding="utf-8")
    tests = yaml.safe_load(scenario.read_text(encoding="utf-8"))
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], **tests}), encoding="utf-8")

    promtool("test", "rules", tmp_path / "tests.yaml")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_without_its_alerts_would_fail(scenario: Path, tmp_path: Path) -> None:
    """Or the scenario would hold whatever the rules say."""
    (tmp_path / "rules.yaml").write_text("groups: []\n", encoding="utf-8")
    tests = yaml.safe_load(scenario.read_text(encoding="utf-8"))
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], **tests}), encoding="utf-8")

    assert run("test", "rules", tmp_path / "tests.yaml").returncode != 0


def folder_of(scenario: Path) -> Path:
    return CHECKOUT / OF.search(scenario.read_text(encoding="utf-8"))["folder"]
