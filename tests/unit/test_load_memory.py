"""A process that reads a project again and again gets what one gets that reads it for the first time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitopsgen.compose import Selection
from gitopsgen.load import Memory, load
from gitopsgen.pipeline import RenderOptions, render

BASE = Path(__file__).parents[1] / "stories" / "base"
EDITS = {
    "overlays/tiers/small.yaml": ("facts: {}\n", "factz: {}\n"),
    "blueprints/hello/values.schema.json": ('"maximum": 9', '"maximum": 2'),
    "blueprints/hello/values.yaml": ("replicas: ", "replicaz: "),
}


@pytest.fixture
def root(tmp_path):
    return shutil.copytree(BASE, tmp_path / "project")


@pytest.mark.parametrize("file", EDITS)
def test_what_changed_is_read_anew_and_nothing_a_run_did_stays(root, file):
    memory = Memory()
    before = load(root, memory=memory)
    render(root, RenderOptions(Selection(), dry_run=True, memory=memory))
    assert load(root, memory=memory) == before == load(root)

    path = root / file
    old, new = EDITS[file]
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert load(root, memory=memory) == load(root) != before

    path.write_text(text, "utf-8")
    assert load(root, memory=memory) == before


def test_what_did_not_change_is_not_made_again(root):
    memory = Memory()
    first, second = (load(root, memory=memory).value.blueprints["hello"].schema for _ in range(2))

    assert first is second
