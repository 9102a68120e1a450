"""What `check -o sarif` prints is SARIF by the schema of the standard, and stands where code scanning looks for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from . import components
from .needs import program

pytestmark = pytest.mark.real

CHECKOUT = Path(__file__).parents[2]
ACCEPTED = """
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: a
      image: a # gitopsgen:ignore unpinned-image it is made on the node
"""


@pytest.fixture(scope="module")
def schema():
    published = json.loads(Path(program(components.sarif_schema)).read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(published)


def printed(folder, *arguments):
    command = [sys.executable, "-m", "gitopsgen", "check", "-o", "sarif", *arguments]
    settings = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return json.loads(done.stdout)


def results(document):
    return [one for run in document["runs"] for one in run["results"]]


def test_findings_in_the_documents_of_every_rule(schema):
    document = printed(CHECKOUT, "tests/rules", "-v")

    assert [str(error) for error in schema.iter_errors(document)] == []
    assert len({one["ruleId"] for one in results(document)}) > 150


def test_what_was_accepted_and_files_elsewhere(schema, tmp_path):
    folder = tmp_path / "有 空 格%"
    folder.mkdir()
    (folder / "a.yaml").write_text(ACCEPTED, encoding="utf-8")

    document = printed(CHECKOUT, str(folder), "-v")

    assert [str(error) for error in schema.iter_errors(document)] == []
    assert [one for one in results(document) if "suppressions" in one]


def test_findings_of_the_fleet_stand_at_the_lines_that_set_them(schema):
    document = printed(CHECKOUT, "--region", "shanghai")
    files = {
        place["physicalLocation"]["artifactLocation"]["uri"] for one in results(document) for place in one["locations"]
    }

    assert [str(error) for error in schema.iter_errors(document)] == []
    assert files
    assert all(one.startswith(("blueprints/", "overlays/")) for one in files)


def test_the_schema_refuses_what_is_no_sarif(schema):
    document = printed(CHECKOUT, "--region", "lhasa")
    document["runs"][0]["results"] = [{"level": "fatal"}]

    assert not schema.is_valid(document)
