"""A template that was just saved is judged by itself, before anything else is rendered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitopsgen.compose import Selection
from gitopsgen.load import Memory, load
from gitopsgen.pipeline.concerned import concerned
from gitopsgen.pipeline.glance import glance

BASE = Path(__file__).parents[1] / "stories" / "base"
TEMPLATE = "blueprints/hello/manifests/configmap.yaml.j2"


@pytest.fixture
def root(tmp_path):
    return shutil.copytree(BASE, tmp_path / "project")


def glanced(root, files):
    selection = Selection(regions=concerned(load(root).value, files))
    return [(one.code, one.location.file, one.location.line) for one in glance(root, selection, files, Memory())]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("values.replicas", "values.replicaz", "GG303"),
        ("kind: ConfigMap", "kind: ConfigMapp", "GG401"),
        ("{{", "{{ ]", "GG301"),
    ],
)
def test_its_own_mistakes_are_found(root, old, new, code):
    text = (root / TEMPLATE).read_text("utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    (root / TEMPLATE).write_text(text.replace(old, new, 1), "utf-8")

    assert (code, TEMPLATE, line) in glanced(root, [TEMPLATE])


def test_nothing_is_said_of_a_sound_one_or_of_other_files(root):
    assert glanced(root, [TEMPLATE]) == []
    (root / "overlays/tiers/small.yaml").write_text("factz: {}\n", "utf-8")
    assert glanced(root, [TEMPLATE]) == [("GG111", "overlays/tiers/small.yaml", 1)]
    (root / "overlays/tiers/small.yaml").write_text("facts: {}\n", "utf-8")
    (root / TEMPLATE).write_text("nothing: [", "utf-8")
    assert glanced(root, ["overlays/tiers/small.yaml"]) == []
