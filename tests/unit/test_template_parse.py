"""What a template may not be made of, each refused at its line."""

from __future__ import annotations

import marshal

import pytest

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.parse import parse

FORBIDDEN = [
    "{% extends 'x' %}",
    "{% block b %}{% endblock %}",
    "{% autoescape true %}x{% endautoescape %}",
    "{% for a in b recursive %}{% endfor %}",
    "{% set ns.a = 1 %}",
    "{% include 'x' ignore missing %}",
    "{{ f(*a) }}",
    "{{ f(**a) }}",
    "{{ a | map(*b) }}",
]
BROKEN = [
    "{% if %}",
    "{% endif %}",
    "{{ }}",
    "{{ a",
    "{% for a %}{% endfor %}",
    "{% do a.b() %}",
    "{% nonsense %}",
    '{{ "a }}',
    "{% continue %}",
    "{% for ns.a in b %}{% endfor %}",
    "{# never closed",
]
JOINING = [
    ("a: 1\n{%- for x in y %}\nb: 1\n{% endfor %}\n", 2),
    ("a: 1\n{%- if x %}\nb: 1\n{% endif %}\n", 2),
    ("a: 1\n{% if x %}\nb: 1\n{%- endif %}\nc: 1\n", 4),
    ("a: 1\n{#- c #}\nb: 1\n", 2),
    ("a:\n  {% if x -%}\n  b: 1\n  {% endif %}\n", 2),
    ("a:\n{{- b }}\n", 2),
    ("a: {{ b -}}\nc: 1\n", 1),
    ("a: 1\n{# c -#}\n  b: 1\n", 2),
]
HARMLESS = [
    "a: {%- if x %}1{%- endif %}\n",
    "{%- if x %}\na: 1\n{% endif %}\n",
    "{%- macro m() -%}\n  text\n{%- endmacro -%}\n",
    "a: {{- b }}\n",
    "{% set s -%}\n  text\n{%- endset %}\n",
    "a: 1\n{%+ if x %}\nb: 1\n{% endif %}\n",
]


def refusal(source):
    with pytest.raises(TemplateError) as caught:
        parse(source, "t.j2")
    return caught.value


@pytest.mark.parametrize("construct", FORBIDDEN)
def test_what_is_forbidden_is_named_at_its_line(construct):
    error = refusal(f"a: 1\n\n{construct}\n")

    assert (error.rule, error.spot.line, error.spot.template) == ("forbidden-construct", 3, "t.j2")
    assert "which templates may not use" in error.message


@pytest.mark.parametrize("construct", BROKEN)
def test_what_is_not_jinja_is_refused_at_its_line(construct):
    error = refusal(f"a: 1\n\n{construct}\n")

    assert error.rule == "invalid-template"
    assert error.spot.line >= 3


@pytest.mark.parametrize(("source", "line"), JOINING)
def test_a_minus_that_joins_lines_is_refused(source, line):
    error = refusal(source)

    assert (error.rule, error.spot.line) == ("joined-lines", line)
    assert error.hint == "leave out the '-'"


@pytest.mark.parametrize("source", HARMLESS)
def test_a_minus_that_joins_nothing_is_allowed(source):
    assert parse(source, "t.j2")


def test_a_tree_holds_nothing_that_a_cache_cannot_keep():
    tree = parse("{% if a.b[0] > 1.5 and not c %}\nx: {{ d | default(none, true) }}\n{% endif %}\n", "t.j2")

    assert tree == marshal.loads(marshal.dumps(tree))  # noqa: S302 - our own bytes


def test_an_expression_is_kept_as_it_was_written():
    (text, hole, _) = parse("a: {{ values.x\n  | upper }}\n", "t.j2")

    assert text == ("text", 1, "a: ")
    assert hole[0] == "print"
    assert hole[1] == 1
    assert hole[3] == "values.x | upper"
