"""The rules of cities with Gatekeeper, applied by gator to samples and to all that the cities run.

Cities without have the same rules as admission policies of the API server: test_admission.py.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from . import documents
from .components import gator
from .fleet import objects_below
from .needs import program
from .test_apiserver import CHECKOUT, MODERN, SEED, VersionSet

pytestmark = pytest.mark.real

POLICIES = Path(__file__).parent / "policies"
FAULTY = POLICIES / "samples" / "faulty.yaml"
PLANTED = 12  # violations in `faulty`, see suite.yaml
CITY = "shanghai"
# One of each class that a core city has: its bank's other site is of the same.
CLUSTERS = sorted(
    path.name for path in (CHECKOUT / "generated" / CITY).iterdir() if path.is_dir() and path.name != "bank-b"
)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [program(gator), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version_set", [MODERN, SEED], ids=lambda version_set: version_set.name)
def test_each_rule_finds_in_its_samples_exactly_what_it_should(version_set: VersionSet, tmp_path: Path) -> None:
    """Rego in its old dialect with the old version set, in its new one with the new."""
    tree = tmp_path / "generated"
    command = [sys.executable, "-m", "gitopsgen", "render", "--region", CITY, "--cluster", "edge"]
    command += ["--version-set", version_set.name, "--output-dir", str(tree)]
    subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True)
    shutil.copytree(POLICIES, tmp_path / "policies")
    rendered = shutil.copytree(tree / CITY / "edge" / "cluster-base", tmp_path / "policies" / "rendered")
    tests = yaml.safe_load((POLICIES / "suite.yaml").read_text(encoding="utf-8"))["tests"]
    tried = {test["template"] for test in tests}

    done = run("verify", tmp_path / "policies" / "suite.yaml")

    assert done.returncode == 0, done.stdout + done.stderr
    assert tried == {f"rendered/{path.name}" for path in rendered.glob("constrainttemplate-*.yaml")}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_city_keeps_its_own_rules(cluster: str, tmp_path: Path) -> None:
    objects = objects_below(CHECKOUT / "generated" / CITY / cluster)
    namespace = next(each for each in objects if is_restricted(each))["metadata"]["name"]
    planted = documents.parse(FAULTY.read_text(encoding="utf-8"))
    planted["metadata"]["namespace"] = namespace
    (tmp_path / "cluster.yaml").write_text(documents.joined([*objects, planted]), encoding="utf-8")

    done = run("test", "--output", "json", "--filename", tmp_path)
    assert done.stdout, done.stderr
    violations = [(each["violatingObject"]["metadata"]["name"], each["msg"]) for each in json.loads(done.stdout)]

    # Or nothing would be found because nothing was looked at.
    assert len([message for name, message in violations if name == planted["metadata"]["name"]]) == PLANTED
    assert [(name, message) for name, message in violations if name != planted["metadata"]["name"]] == []


def is_restricted(obj: dict[str, Any]) -> bool:
    labels = obj["metadata"].get("labels", {})
    return obj["kind"] == "Namespace" and labels.get("pod-security.kubernetes.io/enforce") == "restricted"
