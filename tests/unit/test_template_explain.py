"""From a field back to its template lines, the values that it was made of, and those that chose the way to it."""

from __future__ import annotations

import pytest

from gitopsgen.template.explain import explain
from tests.engines import context_of, engine_over, wrap

MACRO = "{% macro name(suffix) %}\n{{ values.name }}-{{ suffix }}\n{% endmacro %}\n"
VALUES = {"name": "gate", "other": "else", "a": True, "b": False, "ports": [80, 443]}


def source_of(tmp_path, body, *path, values=None, kind="fleet"):
    text = MACRO + wrap(body) if kind == "fleet" else body
    engine, instances = engine_over(tmp_path, {"t.yaml.j2" if kind == "fleet" else "t.txt.j2": text}, kind=kind)
    (instance,) = instances.values()
    return explain(engine, instance, context_of(VALUES | (values or {})), 0, ("spec", *path) if kind == "fleet" else ())


def names(paths):
    return [".".join(map(str, path[1:])) for path in paths]


@pytest.mark.parametrize(
    ("expression", "made_of", "chosen_by"),
    [
        ("name('x') if values.a else values.other", "name", "a"),
        ("name('x') if values.b else values.other", "other", "b"),
        ("values.other if values.b or name('x') == 'y' else name(values.other)", "name other", "b name"),
        ("values.b or name('x')", "name", "b"),
        ("values.a and name('x')", "name", "a"),
        ("name('x') and values.other", "other", "name"),
        ("(name('x') if values.a else '') ~ values.other", "name other", "a"),
        ("values.other if values.a else values.name", "other", "a"),
    ],
)
def test_an_inline_condition_is_named_whatever_it_chooses_from(tmp_path, expression, made_of, chosen_by):
    source = source_of(tmp_path, f"  field: {{{{ {expression} }}}}\n", "field")

    assert names(source.paths) == made_of.split()
    assert names(source.steering) == chosen_by.split()


def test_an_inline_condition_is_named_where_its_value_has_a_name(tmp_path):
    body = "{% set chosen = name('x') if values.b else values.other %}\n"
    body += "  field: {{ chosen }}\n  plain: {{ values.name }}\n"
    source = source_of(tmp_path, body, "field")

    assert (names(source.paths), names(source.steering)) == (["other"], ["b"])
    assert source_of(tmp_path / "2", body, "plain").steering == ()


def test_a_condition_around_lines_chooses_them_and_nothing_behind_them(tmp_path):
    body = "{% if values.a %}\n  field: 1\n{% endif %}\n  behind: 2\n"

    assert names(source_of(tmp_path, body, "field").steering) == ["a"]
    assert source_of(tmp_path / "2", body, "behind").steering == ()


def test_a_literal_is_led_to_its_line(tmp_path):
    source = source_of(tmp_path, "  deep:\n    field: word\n", "deep", "field")

    assert [spot.line for spot in source.literals] == [10]
    assert (source.paths, source.keys, source.expressions) == ((), (), ())


def test_text_around_a_hole_is_literal_and_the_hole_is_not(tmp_path):
    source = source_of(tmp_path, "  field: app-{{ values.name }}\n", "field")

    assert names(source.paths) == ["name"]
    assert [spot.line for spot in source.literals] == [9]
    assert source.expressions == ("values.name",)


def test_text_that_a_filter_takes_is_led_to_its_lines_and_to_what_chose_them(tmp_path):
    macro = "{% macro two() %}\none\n{% if values.a %}\ntwo\n{% endif %}\n{{ values.name }}\n{% endmacro %}\n"
    source = source_of(tmp_path, macro + "  field: {{ two() | replace('o', '0') | string }}\n", "field")

    assert (names(source.paths), names(source.steering)) == (["name"], ["a"])
    assert [spot.line for spot in source.literals] == [10, 12, 16]


def test_an_item_that_a_loop_wrote_is_led_to_its_own_value(tmp_path):
    body = "  ports:\n{% for port in values.ports %}\n    - {{ port }}\n{% endfor %}\n"

    assert names(source_of(tmp_path, body, "ports", 1).paths) == ["ports.1"]


def test_a_field_that_is_not_there_has_no_source(tmp_path):
    assert source_of(tmp_path, "  field: 1\n", "other") is None
    assert source_of(tmp_path / "2", "  ports: []\n", "ports", 0) is None


def test_native_text_is_one_value_of_all_its_lines(tmp_path):
    source = source_of(tmp_path, "first\n\nname={{ values.name }}\n", kind="node")

    assert names(source.paths) == ["name"]
    assert [spot.line for spot in source.literals] == [1, 3]
