"""What the fleet grows by: a city is one new file, a case one new directory and a line in the cities that run it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitopsgen import cli
from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Outcome
from gitopsgen.pipeline.project import open_project
from gitopsgen.pipeline.work import RegionWork

ROOT = Path(__file__).parent.parent
JIAXING = "--zh 嘉兴 --province 浙江省 --iso CN-ZJ --gb2260 330400 --site JXN --lat 30.746 --lon 120.756".split()


@pytest.fixture
def project(tmp_path):
    for name in ("blueprints", "overlays", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "gitopsgen.yaml", tmp_path)
    return tmp_path


def inputs(root):
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for name in ("blueprints", "overlays", "schemas", "gitopsgen.yaml")
        for file in [root / name, *(root / name).rglob("*")]
        if file.is_file()
    }


def touched(before, after):
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}


def rendered(root, *regions):
    """Give what cities come to, file by file; nothing may be wrong with it."""
    opened = open_project(root, Selection(regions=regions))
    work = RegionWork(opened.regions, None)
    outcomes = list(work.judge(opened.members()))
    found = [*opened.diagnostics, *(one for outcome in outcomes for one in outcome.diagnostics)]
    assert not Outcome(None, found).failed, [one for one in found if one.severity.value == "error"]
    return {one.path: one.content for one in work.rendered}


def test_a_city_is_one_new_file(project):
    before = inputs(project)

    assert (
        cli.main(["new", "region", "jiaxing", "--like", "wuhu", *JIAXING, "--no-input", "--project", str(project)]) == 0
    )

    assert touched(before, inputs(project)) == {"overlays/regions/jiaxing/region.yaml"}
    files = rendered(project, "jiaxing")
    assert {path.partition("/")[0] for path in files} == {"jiaxing"}
    assert len(files) == len(rendered(project, "wuhu"))


def test_a_sixth_case_is_one_directory_and_the_overlays_of_its_cities(project):
    cities = ("suzhou", "wuhu")
    before, files = inputs(project), rendered(project, *cities)

    asked = [part for city in cities for part in ("--region", city)]
    assert cli.main(["new", "blueprint", "loyalty", *asked, "--no-input", "--project", str(project)]) == 0

    news = touched(before, inputs(project))
    assert {path for path in news if not path.startswith("blueprints/loyalty/")} == {
        f"overlays/regions/{city}/region.yaml" for city in cities
    }
    grown = rendered(project, *cities)
    changed = touched(files, grown)
    assert {path for path in changed if "/loyalty/" not in path} == {
        f"{city}/edge/kustomization.yaml" for city in cities
    }
    assert {f"{city}/edge/loyalty/kustomization.yaml" for city in cities} < changed
