"""The same bytes, and the same findings, whatever the machine is like, each time in a new process.

A city of each tier, among them one with all cases; the whole fleet under `make deep`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEEP = bool(os.environ.get("GITOPSGEN_DEEP"))
CITIES = ("*",) if DEEP else ("lhasa", "shanghai", "suzhou", "wuhu")
pytestmark = [pytest.mark.deep] if DEEP else []
INPUTS = ("blueprints", "gitopsgen.yaml", "overlays", "schemas")
KEPT = ("HOME", "PATH", "PYTHONPATH")

# What differs from the first run, which has seed 0, plain C, UTC, one process, an empty cache and sorted files.
RUNS = {
    "another hash seed, locale, time zone and order of files, two processes": {
        "PYTHONHASHSEED": "20261121",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "zh_CN.UTF-8",
        "TZ": "America/St_Johns",
        "order": "reversed",
        "jobs": "2",
        "cache": "second",
    },
    "the C locale without UTF-8, warm cache": {
        "PYTHONHASHSEED": "1",
        "LC_ALL": "POSIX",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "cache": "first",
    },
}


def copy(project, *, is_reversed):
    """Copy the inputs, file by file: a directory remembers the order in which its entries were made."""
    files = sorted(file for name in INPUTS for file in [ROOT / name, *(ROOT / name).rglob("*")] if file.is_file())
    for file in reversed(files) if is_reversed else files:
        target = project / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    for order in ("sorted", "reversed"):
        copy(folder / order, is_reversed=order == "reversed")
    return folder


def run(projects, output, settings):
    """Render the cities; give every file's bytes, and what was said."""
    given = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC", **settings}
    jobs, order, cache = given.pop("jobs", "1"), given.pop("order", "sorted"), given.pop("cache", "first")
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | given
    environment["XDG_CACHE_HOME"] = str(projects / "caches" / cache)
    chosen = [f"--region={name}" for name in CITIES]
    command = [
        sys.executable,
        "-m",
        "gitopsgen",
        "render",
        *chosen,
        "-o",
        "json",
        "-j",
        jobs,
        "--output-dir",
        str(output),
    ]
    done = subprocess.run(command, cwd=projects / order, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    # .gitopsgen is this machine's own: what it knows of the files' inodes and times.
    files = sorted(file for file in output.rglob("*") if file.is_file() and ".gitopsgen" not in file.parts)
    return {file.relative_to(output).as_posix(): file.read_bytes() for file in files}, json.loads(done.stdout)


@pytest.fixture(scope="module")
def first(projects, tmp_path_factory):
    return run(projects, tmp_path_factory.mktemp("first") / "out", {})


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_bytes_and_findings_are_the_same(projects, first, tmp_path, settings):
    files, said = run(projects, tmp_path / "out", settings)

    assert sorted(files) == sorted(first[0])
    assert [name for name, content in files.items() if content != first[0][name]] == []
    assert said["findings"] == first[1]["findings"]


def test_the_runs_have_something_to_compare(first):
    files, _ = first
    regions = {name.split("/")[0] for name in files}

    assert len(regions) > (60 if DEEP else 3)
    assert any(name.endswith(".ledger.json") for name in files)
    assert any(name.startswith(".traces/") for name in files)
