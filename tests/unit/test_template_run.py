"""Statements: scopes, loops, macros, captured text, other templates."""

from __future__ import annotations

import pytest

from gitopsgen.template.errors import TemplateErrors
from tests.engines import complaint, refused, render, spec, wrap

PORTS = {"ports": [{"name": "http", "port": 80}, {"name": "grpc", "port": 90}], "labels": {"b": "2", "a": "1"}}


def test_a_loop_knows_where_it_is():
    body = (
        "{% for port in values.ports %}\n"
        "  {{ port.name }}: [{{ loop.index }}, {{ loop.index0 }}, {{ loop.revindex }}, {{ loop.revindex0 }},"
        " {{ loop.first }}, {{ loop.last }}, {{ loop.length }}]\n"
        "{% endfor %}\n"
    )

    assert spec(body, PORTS) == {"http": [1, 0, 2, 1, True, False, 2], "grpc": [2, 1, 1, 0, False, True, 2]}


def test_a_loop_filters_and_has_an_else():
    body = "{% for port in values.ports if port.port > LIMIT %}\n  {{ port.name }}: {{ loop.length }}\n"
    body += "{% else %}\n  none: true\n{% endfor %}\n"

    assert spec(body.replace("LIMIT", "85"), PORTS) == {"grpc": 1}
    assert spec(body.replace("LIMIT", "100"), PORTS) == {"none": True}


def test_a_loop_over_a_mapping_gives_its_keys_and_pairs_unpack():
    assert spec("{% for key in values.labels %}\n  {{ key }}: {{ loop.index }}\n{% endfor %}\n", PORTS) == {
        "b": 1,
        "a": 2,
    }
    for pairs in ("values.labels.items()", "values.labels | items"):
        assert spec(f"{{% for k, v in {pairs} %}}\n  {{{{ k }}}}: {{{{ v }}}}\n{{% endfor %}}\n", PORTS) == {
            "b": "2",
            "a": "1",
        }
    sorted_pairs = "{% for k, v in values.labels | dictsort %}\n  - {{ k }}{{ v }}\n{% endfor %}\n"
    assert spec("  list:\n" + sorted_pairs, PORTS) == {"list": ["a1", "b2"]}


def test_nested_targets_unpack():
    body = "{% for a, (b, c) in [[1, [2, 3]], [4, [5, 6]]] %}\n  k{{ a }}: {{ b + c }}\n{% endfor %}\n"

    assert spec(body) == {"k1": 5, "k4": 11}


def test_a_loop_over_a_string_or_a_number_is_refused():
    assert refused("{% for a in values.x %}\n{% endfor %}\n", {"x": "abc"}) == [("wrong-operand", 1)]
    assert refused("{% for a in values.x %}\n{% endfor %}\n", {"x": 3}) == [("wrong-operand", 1)]
    assert "a string to loop over" in complaint("{% for a in values.x %}\n{% endfor %}\n", {"x": "abc"})
    assert refused("{% for a, b in [[1]] %}\n{% endfor %}\n") == [("wrong-operand", 1)]


def test_what_a_loop_sets_ends_with_the_loop():
    body = "{% set a = 1 %}\n{% for n in [1, 2] %}\n{% set a = a + n %}\n  in{{ n }}: {{ a }}\n{% endfor %}\n"
    body += "  out: {{ a }}\n"

    assert spec(body) == {"in1": 2, "in2": 3, "out": 1}


def test_what_a_branch_sets_stays():
    assert spec("{% if true %}{% set a = 2 %}{% endif %}\n  a: {{ a }}\n") == {"a": 2}


def test_with_ends_with_its_block():
    body = "{% set a = 1 %}\n{% with a = 2, b = a %}\n  in: [{{ a }}, {{ b }}]\n{% endwith %}\n  out: {{ a }}\n"

    assert spec(body) == {"in": [2, 1], "out": 1}


def test_values_are_set_by_several_names_at_once():
    assert spec("{% set a, b = [1, 2] %}\n  a: {{ a }}\n  b: {{ b }}\n") == {"a": 1, "b": 2}


def test_a_macro_takes_arguments_by_place_name_and_default():
    macro = "{% macro m(a, b=2, c=b) %}[{{ a }}, {{ b }}, {{ c }}]{% endmacro %}\n"

    assert spec(macro + "  x: {{ m(1) }}\n  w: {{ m(1, c=3) }}\n  z: {{ m(b=5, a=4) }}\n") == {
        "x": [1, 2, 2],
        "w": [1, 2, 3],
        "z": [4, 5, 5],
    }


@pytest.mark.parametrize("call", ["m(1, 2)", "m(b=1)", "m(1, a=2)"])
def test_a_macro_refuses_arguments_that_it_does_not_take(call):
    assert refused("{% macro m(a) %}{{ a }}{% endmacro %}\n{{ " + call + " }}\n") == [("wrong-operand", 2)]


def test_an_argument_that_is_not_given_is_an_error_where_it_is_used():
    assert refused("{% macro m(a) %}\nx: {{ a }}\n{% endmacro %}\n{{ m() }}\n") == [("undefined-variable", 2)]
    assert spec("{% macro m(a) %}{{ a is defined }}{% endmacro %}\n  x: {{ m() }}\n") == {"x": False}


def test_captured_text_keeps_its_holes_with_their_types():
    values = {"n": 3, "text": "a: b", "list": [1]}
    body = "{% set block %}\n    num: {{ values.n }}\n    text: {{ values.text }}\n    list: {{ values.list }}\n"
    body += "{% endset %}\n"

    assert spec(body + "  in:\n{{ block }}\n", values) == {"in": {"num": 3, "text": "a: b", "list": [1]}}


def test_lines_of_a_macro_are_indented_with_their_holes():
    macro = "{% macro m(v) %}\na: {{ v }}\nb:\n  c: {{ v }}\n{% endmacro %}\n"

    assert spec(macro + "  in:\n    {{ m(values.v) | indent(4) }}\n", {"v": "x\ny"}) == {
        "in": {"a": "x\ny", "b": {"c": "x\ny"}}
    }


def test_lines_of_a_macro_inside_a_line_are_refused_without_indent():
    macro = "{% macro m() %}\na: 1\nb: 2\n{% endmacro %}\n"

    assert refused(macro + wrap("  in: {{ m() }}\n")) == [("unindented-lines", 10)]
    assert "indent(N)" in complaint(macro + wrap("  in: {{ m() }}\n"))
    assert refused(macro + wrap("  in:\n    {{ m() }}\n")) == [("unindented-lines", 11)]


def test_lines_of_a_macro_through_a_filter_are_no_value():
    macro = "{% macro m() %}\na: 1\nb: 2\n{% endmacro %}\n"

    assert refused(macro + wrap("  in: {{ m() | upper }}\n")) == [("unindented-lines", 10)]
    assert refused(macro + wrap("  in: {{ m() if true else 1 }}\n")) == [("unindented-lines", 10)]
    assert spec(macro + "  in: {{ m() | string }}\n  sum: {{ m() | length }}\n") == {"in": "a: 1\nb: 2\n", "sum": 10}
    assert spec(macro + "  in: |\n    {{ m() | upper }}\n") == {"in": "A: 1\nB: 2\n\n"}


def test_a_filter_or_operator_sees_the_final_text_of_a_macro():
    macro = "{% macro m(v) %}a{{ v }}{% endmacro %}\n"

    assert spec(macro + "  u: {{ m('b') | upper }}\n  c: {{ m('b') ~ 'c' }}\n  len: {{ m('b') | length }}\n") == {
        "u": "AB",
        "c": "abc",
        "len": 2,
    }
    assert spec(macro + "{% if m(values.x) == 'ab' %}\n  same: 1\n{% endif %}\n", {"x": "b"}) == {"same": 1}


def test_trim_keeps_holes():
    assert spec("{% set s %}\n\n  {{ values.n }}  \n{% endset %}\n  num: {{ s | trim }}\n", {"n": 5}) == {"num": 5}


def test_a_call_block_is_the_caller_of_its_macro():
    macro = "{% macro box(title) %}\n  {{ title }}:\n    {{ caller(7) | indent(4) }}\n{% endmacro %}\n"
    call = "{% call(number) box('in') %}\nnumber: {{ number }}\nvalue: {{ values.v }}\n{% endcall %}\n"

    assert spec(macro + call, {"v": [1]}) == {"in": {"number": 7, "value": [1]}}


def test_call_blocks_nest_and_arguments_do_not_take_the_caller():
    template = (
        "{% macro outer(a) %}<{{ a }}{{ caller() }}>{% endmacro %}\n"
        "{% macro plain(x) %}({{ x }}{{ caller is defined }}){% endmacro %}\n"
        "{% set s %}{% call outer(plain(1)) %}{% call outer(2) %}in{% endcall %}{% endcall %}{% endset %}\n"
    )

    assert spec(template + '  s: "{{ s }}"\n') == {"s": "<(1false)<2in>>"}


def test_a_macro_inside_a_macro_has_no_caller_of_its_own():
    template = (
        "{% macro outer() %}{% macro inner() %}{{ caller is defined }}{% endmacro %}"
        "{{ inner() }}{{ caller() }}{% endmacro %}\n"
        "{% set s %}{% call outer() %}x{% endcall %}{% endset %}\n"
    )

    assert spec(template + '  s: "{{ s }}"\n') == {"s": "falsex"}


def test_a_call_block_whose_macro_has_no_use_for_it_is_refused():
    assert refused("{% macro m() %}x{% endmacro %}\n{% call m() %}lost{% endcall %}\n") == [("wrong-operand", 2)]
    assert refused("{% call range(3) %}lost{% endcall %}\n") == [("wrong-operand", 1)]


def test_filter_blocks_see_the_final_text():
    assert spec('  s: "{% filter upper %}a{{ values.x }}{% endfilter %}"\n', {"x": "b"}) == {"s": "AB"}
    assert spec("  in:\n    {% filter indent(4) %}\n    a: {{ values.n }}\n    {% endfilter %}\n", {"n": 1}) == {
        "in": {"a": 1}
    }


def test_raw_is_left_alone():
    assert spec('  s: "{% raw %}{{ x }}{% endraw %}"\n') == {"s": "{{ x }}"}


def test_an_included_template_sees_the_names_around_it():
    others = {"lib/part.j2": "  part: {{ values.n }}{{ name }}\n{% set leak = 1 %}\n"}
    body = "{% set name = 'x' %}\n{% include 'lib/part.j2' %}\n  leaks: {{ leak is defined }}\n"

    assert spec(body, {"n": 1}, others=others) == {"part": "1x", "leaks": False}


def test_an_included_template_without_context_sees_nothing():
    others = {"part.j2": "  part: {{ values.n }}\n"}

    assert refused(wrap("{% include 'part.j2' without context %}\n"), {"n": 1}, others=others) == [
        ("undefined-variable", 1)
    ]


def test_imported_templates_see_no_values_unless_given_the_context():
    lib = {"lib.j2": "{% set num = 5 %}\n{% macro m() %}{{ values.x }}{% endmacro %}\n"}
    with_context = "{% from 'lib.j2' import m as seen with context %}\n  m: {{ seen() }}\n"
    without = "{% import 'lib.j2' as lib %}\na: {{ lib.m() }}\n"

    assert spec("{% import 'lib.j2' as lib %}\n  num: {{ lib.num }}\n", others=lib) == {"num": 5}
    assert spec(with_context, {"x": 1}, others=lib) == {"m": 1}
    assert refused(without, {"x": 1}, others=lib) == [("undefined-variable", 2)]
    assert "imported without context" in complaint(without, {"x": 1}, others=lib)


def test_a_missing_template_or_name_is_told_at_its_line():
    assert refused("\n{% include 'nowhere.j2' %}\n") == [("missing-template", 2)]
    assert refused("\n{% from 'lib.j2' import a %}\n", others={"lib.j2": ""}) == [("undefined-variable", 2)]
    assert refused("{% import 'lib.j2' as l %}\na: {{ l.b }}\n", others={"lib.j2": ""}) == [("undefined-variable", 2)]


def test_an_error_in_an_included_template_stands_in_that_template():
    with pytest.raises(TemplateErrors) as caught:
        render("a: 1\n{% include 'part.j2' %}\n", others={"part.j2": "\n{% if nothing %}{% endif %}\n"})

    assert [(one.spot.template, one.spot.line) for one in caught.value.errors] == [("blueprints/part.j2", 2)]


def test_all_mistakes_of_a_template_are_told_in_one_run():
    template = (
        "{% if nope %}{% endif %}\na: {{ 1 | nofilter }}\n{% for a in values.n %}{% endfor %}\nb: {{ 1 is notest }}\n"
    )

    assert refused(template, {"n": 1}) == [
        ("undefined-variable", 1),
        ("unknown-filter", 2),
        ("wrong-operand", 3),
        ("unknown-test", 4),
    ]


def test_a_mistake_in_a_loop_is_told_once():
    assert refused("{% for a in range(100) %}\n{% if nope %}{% endif %}\n{% endfor %}\n") == [("undefined-variable", 2)]


def test_a_name_whose_value_is_a_mistake_is_no_second_one():
    assert refused("{% set a, b = 1 | nofilter %}\nx: {{ a }}{{ b }}\n") == [("unknown-filter", 1)]


def test_unused_names_and_comments_are_not_evaluated():
    assert spec("{% set unused = values.nothing.at.all %}\n{# {{ nothing }} #}\n  a: 1\n") == {"a": 1}
    assert spec("  a: 1 # {{ nothing }}\n# {{ values.nothing.at.all }}\n") == {"a": 1}


def test_a_near_name_is_suggested():
    assert "did you mean 'values'?" in complaint("a: {{ valeus.x }}\n")
    assert "did you mean 'replicas'?" in complaint("{% set replicas = 1 %}\na: {{ replica }}\n")
    assert "did you mean 'upper'?" in complaint("a: {{ 'x' | uper }}\n")


def test_several_documents_come_of_one_template():
    one = "kind: A\nmetadata: {name: n{{ NUMBER }}}\n---\n"
    template = "---\n{% for n in values.names %}\n" + one.replace("NUMBER", "n") + "{% endfor %}\n# nothing more\n"

    made = render(template, {"names": [1, 2]}, kind="manifest")

    assert [one.name for one in made] == ["a-n1.yaml", "a-n2.yaml"]
    assert [one.document for one in made] == [0, 1]


def test_nothing_comes_of_a_template_that_writes_nothing():
    assert render("{% if values.no %}\na: 1\n{% endif %}\n", {"no": False}) == []
    assert render("---\n# only a comment\n---\n") == []
