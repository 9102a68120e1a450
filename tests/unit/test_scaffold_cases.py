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
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name) and name.startswith(INPUTS)}
    assert changed == {"overlays/images.lock.yaml", f"blueprints/{CASE}/values.yaml"}
    # where Vault is has been said twice: what others may use by now stays
    left = set(after[f"blueprints/{CASE}/values.yaml"].splitlines())
    told = left - set(before[f"blueprints/{CASE}/values.yaml"].splitlines())
    assert {line.split(b":")[0].strip() for line in told} == {b"store", b"server"}
