"""Templates by path: only those of the project, parsed once, kept on disk where that is possible."""

from __future__ import annotations

import hashlib

import pytest

from gitopsgen.template import loader as module
from gitopsgen.template.errors import Spot, TemplateError
from gitopsgen.template.loader import Loader


@pytest.fixture
def project(tmp_path):
    def make(text="a: {{ values.a }}\n", raw=None):
        content = text.encode() if raw is None else raw
        (tmp_path / "blueprints").mkdir(exist_ok=True)
        (tmp_path / "blueprints/t.j2").write_bytes(content)
        digests = {"blueprints/t.j2": hashlib.sha256(content).hexdigest()}
        return Loader(tmp_path, "blueprints", digests, tmp_path / "cache/templates")

    return make


def test_what_was_parsed_is_read_back_by_the_next_process(project, monkeypatch):
    first = project()
    tree = first.tree("blueprints/t.j2")
    first.save()
    monkeypatch.setattr("gitopsgen.template.parse.parse", lambda *_: pytest.fail("parsed again"))

    assert project().tree("blueprints/t.j2") == tree


def test_a_changed_template_is_parsed_again(project):
    first = project()
    first.tree("blueprints/t.j2")
    first.save()

    assert project("b: 1\n").tree("blueprints/t.j2") == (("text", 1, "b: 1\n"),)


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x00" * 100, None])
def test_a_damaged_cache_is_no_cache(project, damage):
    first = project()
    tree = first.tree("blueprints/t.j2")
    first.save()
    kept = first.cache.read_bytes()
    first.cache.write_bytes(kept[:-3] + b"xyz" if damage is None else damage)

    assert project().tree("blueprints/t.j2") == tree


def test_a_cache_of_another_version_is_no_cache(project, monkeypatch):
    first = project()
    first.tree("blueprints/t.j2")
    first.save()
    monkeypatch.setattr(module, "_version", lambda: b"another")

    assert project()._known == {}


def test_a_cache_that_cannot_be_written_is_no_loss(project):
    first = project()
    first.tree("blueprints/t.j2")
    first.cache.parent.write_text("a file, not a folder")

    first.save()

    assert project().tree("blueprints/t.j2")


def test_a_template_that_is_not_text_is_refused(project):
    with pytest.raises(TemplateError, match="not UTF-8"):
        project(raw=b"\xff\xfe").tree("blueprints/t.j2")


def test_a_template_that_is_too_large_is_refused(project):
    with pytest.raises(TemplateError, match="larger than"):
        project("x" * (module.MAXIMUM_SIZE + 1)).tree("blueprints/t.j2")


def test_a_template_that_went_away_is_told(project):
    loader = project()
    (loader.root / "blueprints/t.j2").unlink()

    with pytest.raises(TemplateError, match="cannot be read"):
        loader.tree("blueprints/t.j2")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "", ".", "nothing", "../blueprints/t.j2"])
def test_only_templates_of_the_project_can_be_named(project, name):
    with pytest.raises(TemplateError) as caught:
        project().other(name, Spot("t", 1))

    assert caught.value.rule == "missing-template"


def test_a_packaged_template_is_served_under_its_own_path(project, tmp_path):
    loader = project()
    (tmp_path / "packaged.j2").write_text("a: 1\n")
    loader.add_packaged("gitopsgen/x.j2", tmp_path / "packaged.j2")

    assert loader.tree("gitopsgen/x.j2") == (("text", 1, "a: 1\n"),)
    assert loader.digest(("gitopsgen/x.j2",)) == hashlib.sha256(b"a: 1\n").hexdigest()
