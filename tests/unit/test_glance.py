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


def test_a_macro_is_judged_by_a_template_that_takes_it_in(root):
    macro = "blueprints/components/lib/greeting.j2"
    (root / macro).parent.mkdir(parents=True)
    (root / macro).write_text("{% macro greeting() %}\n{{ nothing.here }}\n{% endmacro %}\n", "utf-8")
    text = (root / TEMPLATE).read_text("utf-8")
    (root / TEMPLATE).write_text(
        f'{{% from "components/lib/greeting.j2" import greeting %}}\n{text}  said: {{{{ greeting() }}}}\n', "utf-8"
    )

    assert glanced(root, [macro]) == [("GG303", macro, 2)]


def test_a_second_look_sees_what_changed_since_the_first(root):
    """What one look leaves to the next must not answer for it: schemas, packs, templates, files."""
    memory, selection = Memory(), Selection(regions=("wuxi",))

    def codes(file, old, new):
        path = root / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        found = [one.code for one in glance(root, selection, [file], memory)]
        path.write_text(text, "utf-8")
        assert not glance(root, selection, [file], memory)
        return found

    assert not glance(root, selection, [TEMPLATE], memory)
    assert codes("blueprints/hello/values.schema.json", '"maximum": 9', '"maximum": 1') == ["GG202"]
    assert codes(TEMPLATE, "kind: ConfigMap", "kind: ConfigMapp") == ["GG401"]
    assert codes(TEMPLATE, "values.replicas", "values.replicaz") == ["GG303"]
    assert codes("overlays/tiers/small.yaml", "facts", "factz") == ["GG111"]
