"""A service that joins a case of the bank which has no policy engine of its own, and leaves it again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from gitopsgen.compose import Selection
from gitopsgen.pipeline import RenderOptions, render
from gitopsgen.scaffold.edits import with_missing

from .test_scaffold import PENDING, ROOT, run, tree

CASE, SERVICE = "trading", "quotes"
INPUTS = ("blueprints/", "overlays/", ".scaffold/")


def test_an_item_that_both_have_gets_what_its_lists_lack():
    own = "namespaces:\n  - name: a\n    kept: 1\n    secrets:\n      - name: one\n  - name: b\n"
    fragment = "namespaces:\n  - name: a\n    kept: 2\n    more: 3\n    secrets:\n      - name: two\n"

    edited = with_missing(own, fragment, "file")

    assert edited == own.replace("- name: one\n", "- name: one\n      - name: two\n")
    assert with_missing(edited, fragment, "file") == edited


def project(tmp_path: Path) -> Path:
    """Give the bank with one city, where the case runs."""
    root = tmp_path / "gitops"
    for name in ("blueprints", "overlays", "schemas"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "gitopsgen.yaml", root)
    for city in (root / "overlays/regions").iterdir():
        if city.name != "shanghai":
            shutil.rmtree(city)
        else:
            file = city / "region.yaml"
            file.write_text(re.sub(r"failover: .*", "failover: []", file.read_text("utf-8")), "utf-8")
    return root


def test_what_comes_with_a_service_is_all_that_it_needs_and_goes_with_it(tmp_path):
    root = project(tmp_path)
    before = tree(root)

    run("new", "service", SERVICE, "--case", CASE, "--language", "go", "--no-input", cwd=root)
    report = render(root, RenderOptions(Selection(cases=(CASE,)), jobs=1))
    said = run("remove", "service", SERVICE, "--yes", cwd=root)

    assert {one.name for one in report.diagnostics} <= PENDING | {"exceeded-quota"}
    assert f"the policy engine of {CASE} goes too" in said
    after = tree(root)
    assert {
        name for name in {*before, *after} if before.get(name) != after.get(name) and name.startswith(INPUTS)
    } == set()


def test_a_service_joins_a_case_whose_namespace_has_its_values_elsewhere(tmp_path):
    """And leaves it as it was: the store of secrets that the case had before stays."""
    root = project(tmp_path)
    before = tree(root)

    run("new", "service", SERVICE, "--case", "payment-vms", "--language", "go", "--no-input", cwd=root)
    report = render(root, RenderOptions(Selection(cases=("payment-vms",)), jobs=1))
    run("remove", "service", SERVICE, "--yes", cwd=root)

    assert {one.name for one in report.diagnostics} <= PENDING
    after = tree(root)
    assert {
        name for name in {*before, *after} if before.get(name) != after.get(name) and name.startswith(INPUTS)
    } == set()


def test_a_case_that_keeps_the_values_of_its_network_elsewhere_is_refused_before_anything_is_written(tmp_path):
    root = project(tmp_path)
    blueprint = root / f"blueprints/{CASE}/blueprint.yaml"
    blueprint.write_text(blueprint.read_text("utf-8").replace("values: network}", "values: net}"), "utf-8")
    values = root / f"blueprints/{CASE}/values.yaml"
    values.write_text(re.sub(r"(?m)^network:", "net:", values.read_text("utf-8")), "utf-8")
    tier = root / "overlays/tiers/core.yaml"
    tier.write_text(re.sub(r"(?m)^    network:", "    net:", tier.read_text("utf-8")), "utf-8")
    before = tree(root)

    said = run("new", "service", SERVICE, "--case", CASE, "--language", "go", "--no-input", cwd=root, code=2)

    assert f'{CASE} has the values of the component network at "net", expected "network"' in said
    assert tree(root) == before
