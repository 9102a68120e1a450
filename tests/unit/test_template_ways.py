"""What is kept of a way between runs gives the same files, and is forgotten when its templates change."""

from __future__ import annotations

import os

import pytest

from gitopsgen.template.errors import TemplateErrors
from tests.engines import context_of, engine_over

TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ values.name }}
data:
{% for key, value in values.data.items() %}
  {{ key }}: {{ value }}
{% endfor %}
{% if values.extra is defined %}
  extra: "{{ values.extra }} and more"
{% endif %}
  size: {{ values.size | default(omit) }}
  joined: {{ values.name ~ "-" ~ values.data.a }}
"""
VALUES = (
    {"name": "one", "data": {"a": "1", "b": "on"}},
    {"name": "two", "data": {"a": "x: y", "c": "line\nline\n"}, "extra": 7},
    {"name": "three", "data": {"a": "", "z": "0755"}, "size": "1e3"},
)
NATIVE = "listen {{ values.port }}\nname {{ values.name }}\n"


def made(engine, instance, values):
    return [
        (one.name, one.content, one.data, one.trace, one.inputs) for one in engine.render(instance, context_of(values))
    ]


def fail_to_trace(*_):
    raise AssertionError("traced a way that was kept")


@pytest.mark.parametrize("kind", ["fleet", "node"])
def test_a_kept_way_gives_the_same_files(tmp_path, monkeypatch, kind):
    cache = tmp_path / "cache"
    first, instances = engine_over(tmp_path, {"t.yaml.j2": TEXT}, kind=kind, cache=cache)
    fresh = [made(first, instances["t.yaml.j2"], values) for values in VALUES]
    first.save()
    second, instances = engine_over(tmp_path, {"t.yaml.j2": TEXT}, kind=kind, cache=cache)
    monkeypatch.setattr(second, "trace", fail_to_trace)

    assert [made(second, instances["t.yaml.j2"], values) for values in VALUES] == fresh
    assert second.read_set("blueprints/t.yaml.j2", fresh[0][0][3]) == first.read_set(
        "blueprints/t.yaml.j2", fresh[0][0][3]
    )


@pytest.mark.parametrize(
    ("name", "text"), [("t.json.j2", "{a: {{ values.a }}, b: [1, {{ values.b }}]}\n"), ("t.conf.j2", NATIVE)]
)
def test_files_of_other_kinds(tmp_path, monkeypatch, name, text):
    values, cache = {"a": "x", "b": {"c": 1}, "port": 80, "name": "n"}, tmp_path / "cache"
    first, instances = engine_over(tmp_path, {name: text}, kind="node", cache=cache)
    fresh = made(first, instances[name], values)
    first.save()
    second, instances = engine_over(tmp_path, {name: text}, kind="node", cache=cache)
    monkeypatch.setattr(second, "trace", fail_to_trace)

    assert made(second, instances[name], values) == fresh


def test_an_error_on_a_kept_way_knows_its_place(tmp_path):
    cache, found = tmp_path / "cache", []
    for values in (VALUES[0], {"name": "one", "data": {"b": "on"}}):
        engine, instances = engine_over(tmp_path, {"t.yaml.j2": TEXT}, cache=cache)
        try:
            made(engine, instances["t.yaml.j2"], values)
        except TemplateErrors as errors:
            found += [(one.rule, one.spot.line) for one in errors.errors]
        engine.save()

    assert found == [("undefined-variable", 13)]


def test_an_unsafe_value_on_a_kept_way_knows_its_place(tmp_path):
    cache = tmp_path / "cache"
    first, instances = engine_over(tmp_path, {"t.conf.j2": NATIVE}, kind="node", cache=cache)
    made(first, instances["t.conf.j2"], {"port": 80, "name": "n"})
    first.save()
    second, instances = engine_over(tmp_path, {"t.conf.j2": NATIVE}, kind="node", cache=cache)

    with pytest.raises(TemplateErrors) as caught:
        made(second, instances["t.conf.j2"], {"port": 80, "name": "n; rm"})

    assert [(one.rule, one.spot.line) for one in caught.value.errors] == [("unsafe-native-value", 2)]


@pytest.mark.parametrize(("text", "version"), [(TEXT.replace("and more", "and less"), ""), (TEXT, "2")])
def test_a_way_is_forgotten_when_its_template_or_the_program_changes(tmp_path, text, version):
    cache = tmp_path / "cache"
    first, instances = engine_over(tmp_path, {"t.yaml.j2": TEXT}, cache=cache)
    made(first, instances["t.yaml.j2"], VALUES[1])
    first.save()
    second, instances = engine_over(tmp_path, {"t.yaml.j2": text}, cache=cache, version=version)

    assert instances["t.yaml.j2"].decisions.root is None
    ((_, content, *_),) = made(second, instances["t.yaml.j2"], VALUES[1])
    assert (b"and less" in content) == ("and less" in text)


@pytest.mark.parametrize("damage", [b"", b"x" * 100, None])
def test_a_damaged_cache_is_no_cache(tmp_path, damage):
    cache = tmp_path / "cache"
    first, instances = engine_over(tmp_path, {"t.yaml.j2": TEXT}, cache=cache)
    fresh = made(first, instances["t.yaml.j2"], VALUES[0])
    first.save()
    cache.write_bytes(cache.read_bytes()[:-1] + b"!" if damage is None else damage)
    second, instances = engine_over(tmp_path, {"t.yaml.j2": TEXT}, cache=cache)

    assert made(second, instances["t.yaml.j2"], VALUES[0]) == fresh


def test_what_an_abandoned_project_left_is_forgotten(tmp_path):
    old, young = tmp_path / "cache" / "ways-old", tmp_path / "cache" / "ways-young"
    (tmp_path / "cache").mkdir()
    for path in (old, young):
        path.write_bytes(b"")
    os.utime(old, (1, 1))
    engine, instances = engine_over(tmp_path, {"t.yaml.j2": TEXT}, cache=tmp_path / "cache" / "ways-here")
    made(engine, instances["t.yaml.j2"], VALUES[0])
    engine.save()

    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["ways-here", "ways-young"]
