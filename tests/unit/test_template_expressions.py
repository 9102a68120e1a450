"""What expressions mean: types, undefined values, operators, methods, text, limits."""

from __future__ import annotations

import pytest

from tests.engines import complaint, refused, spec, wrap

VALUES = {
    "n": 3,
    "f": 1.5,
    "s": "text",
    "t": True,
    "z": None,
    "list": [1, 2, 3],
    "map": {"a": 1, "items": "mine", "b": {"c": 2}},
    "empty": [],
    "name": "",
}


def value(expression, values=VALUES, **context):
    return spec(f"  a: {{{{ {expression} }}}}\n", values, **context)["a"]


def fails(expression, values=VALUES):
    ((rule, line),) = refused(wrap(f"  fixed: 1\n\n  a: {{{{ {expression} }}}}\n"), values)

    assert line == 8
    return rule


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("values.n", 3),
        ("values.f", 1.5),
        ("values.s", "text"),
        ("values.t", True),
        ("values.z", None),
        ("values.list", [1, 2, 3]),
        ("values.map", VALUES["map"]),
        ("values['n']", 3),
        ("values.map['b'].c", 2),
        ("values.list[0]", 1),
        ("values.list[-1]", 3),
        ("values.list[1:]", [2, 3]),
        ("values.s[1:3]", "ex"),
        ("values.s[::-1]", "txet"),
        ("[values.n, 'x']", [3, "x"]),
        ("{'k': values.n}", {"k": 3}),
        ("(1, 2)", [1, 2]),
        ("dict(a=1, b=values.n)", {"a": 1, "b": 3}),
        ("range(3)", [0, 1, 2]),
        ("range(1, 7, 3)", [1, 4]),
        ("1.0e+22", 1e22),
        ("'it''s'", "its"),
        ("none", None),
        ("true", True),
    ],
)
def test_a_hole_takes_a_value_with_its_type(expression, wanted):
    found = value(expression)

    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1 + 2 * 3", 7),
        ("7 / 2", 3.5),
        ("7 // 2", 3),
        ("7 % 4", 3),
        ("2 ** 3", 8),
        ("-values.n", -3),
        ("+values.n", 3),
        ("'a' + 'b'", "ab"),
        ("[1] + [2]", [1, 2]),
        ("'ab' * 2", "abab"),
        ("[0] * 2", [0, 0]),
        ("1 ~ 'a' ~ true", "1atrue"),
        ("1 < 2 < 3", True),
        ("1 < 2 > 3", False),
        ("'a' < 'b'", True),
        ("[1, 2] < [1, 3]", True),
        ("1 == 1.0", True),
        ("2 in values.list", True),
        ("'a' in values.map", True),
        ("'ex' in values.s", True),
        ("9 not in values.list", True),
        ("not values.empty", True),
        ("values.name or 'x'", "x"),
        ("values.s and values.n", 3),
        ("values.empty and 1", []),
        ("1 if values.t else 2", 1),
        ("values.n is odd", True),
        ("values.nothing is defined", False),
        ("values.map.b is mapping", True),
        ("values.n is divisibleby 3", True),
        ("values.z is none", True),
        ("values.t is number", True),
        ("values.t is integer", False),
        ("values.s is string", True),
        ("values.n is not even", True),
    ],
)
def test_operators_and_tests_mean_what_they_mean_in_jinja(expression, wanted):
    found = value(expression)

    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("values.map.items", "mine"),
        ("values.map.keys()", ["a", "items", "b"]),
        ("values.s.upper()", "TEXT"),
        ("values.s.replace('t', 'T')", "TexT"),
        ("' a '.strip()", "a"),
        ("'a,b'.split(',')", ["a", "b"]),
        ("values.s.startswith('te')", True),
        ("values.s.endswith('x')", False),
        ("values.map.get('a')", 1),
        ("values.map.get('x', 5)", 5),
        ("values.map.get('x')", None),
        ("values.map.b.items()", [["c", 2]]),
        ("values.map.b.values()", [2]),
    ],
)
def test_methods_are_a_short_list_and_keys_come_before_them(expression, wanted):
    assert value(expression) == wanted


@pytest.mark.parametrize(
    "method", ["format(1)", "encode()", "join([])", "pop('a')", "update(a=1)", "__len__()", "upper(x=1)"]
)
def test_any_other_method_is_refused(method):
    assert fails(f"values.s.{method}") == "forbidden-construct"


@pytest.mark.parametrize(
    "expression",
    [
        "values.nothing",
        "nothing",
        "values.s.nothing",
        "values.list[9]",
        "values.list.x",
        "values.n[0]",
        "values.s[0]",
        "values.nothing.deeper",
        "values.map[values.nothing]",
        "1 if values.empty",
        "values.nothing ~ 'a'",
        "[values.nothing]",
        "{'a': values.nothing}",
        "values.nothing + 1",
        "values.nothing | upper",
        "values.empty | first",
        "values.nothing == 1",
    ],
)
def test_what_is_undefined_is_an_error_where_it_is_used(expression):
    assert fails(expression) == "undefined-variable"


def test_an_undefined_value_is_named_in_full():
    assert "'values.map.b.x' is not defined" in complaint("a: {{ values.map.b.x }}\n", VALUES)
    assert "'values.list[7]' is not defined" in complaint("a: {{ values.list[7] }}\n", VALUES)
    assert "'values.s.x' is not defined: a string has no member 'x'" in complaint("a: {{ values.s.x }}\n", VALUES)
    assert "parameter 'p' of macro 'm' was not provided" in complaint(
        "{% macro m(p) %}a: {{ p }}{% endmacro %}{{ m() }}\n"
    )
    assert "the inline 'if' has no 'else'" in complaint("a: {{ 1 if values.empty }}\n", VALUES)


@pytest.mark.parametrize(
    "expression", ["values.nothing | default(5)", "values.map.x | default(5)", "nothing | default(5)"]
)
def test_default_stands_in_for_what_is_undefined(expression):
    assert value(expression) == 5


def test_default_looks_at_its_argument_only_where_it_is_needed():
    assert value("values.n | default(values.nothing)") == 3
    assert fails("values.nothing | default(values.nothing)") == "undefined-variable"
    assert value("values.name | default('x', true)") == "x"


@pytest.mark.parametrize(
    "expression",
    [
        "1 + 'a'",
        "'a' - 'b'",
        "true + 1",
        "values.list - 1",
        "1 / 0",
        "1 % 0",
        "1 // 0",
        "0 ** -1",
        "'a' < 1",
        "none < 1",
        "[1] < ['a']",
        "1 in 2",
        "'%s' % 1",
        "values.s * values.s",
        "-values.s",
        "values.list[1:2:0]",
        "values.list['a':]",
        "range('a')",
        "range(1, 2, 0)",
        "range()",
        "range(1, 2, 3, 4)",
        "values.n | upper(1, 2, 3)",
        "values.n | join",
        "'a' is divisibleby 2",
        "1.5 is odd",
        "image(values.n)",
        "image()",
        "'x' | int",
        "values.s[1:][1.5:]",
    ],
)
def test_operands_that_make_no_sense_are_refused(expression):
    assert fails(expression) in {"wrong-operand", "too-much-work"}


@pytest.mark.parametrize(
    ("expression", "text"), [("values.t", "true"), ("values.n", "3"), ("values.f", "1.5"), ("values.s", "text")]
)
def test_one_conversion_serves_all_text(expression, text):
    body = f'  a: "<{{{{ {expression} }}}}>"\n  b: {{{{ "<" ~ {expression} ~ ">" }}}}\n'
    body += f"  c: {{{{ [{expression}] | join }}}}\n  d: {{{{ {expression} | string }}}}\n"

    assert spec(body, VALUES) == {"a": f"<{text}>", "b": f"<{text}>", "c": text, "d": text}


@pytest.mark.parametrize("expression", ["values.z", "values.list", "values.map", "omit"])
@pytest.mark.parametrize(
    "form", ['"<{{ X }}>"', "{{ '<' ~ X }}", "{{ [X] | join }}", "{{ X | string }}", "|\n    {{ X }}"]
)
def test_what_has_no_text_is_refused_in_text(expression, form):
    assert refused(wrap("  fixed: 1\n  a: " + form.replace("X", expression) + "\n"), VALUES) in (
        [("unprintable-value", 7)],
        [("unprintable-value", 8)],
    )


def test_a_minus_before_a_hole_and_two_holes_make_strings():
    assert spec("  a: -{{ values.n }}\n  b: {{ values.n }}{{ values.n }}\n  c: {{ values.n }}%\n", VALUES) == {
        "a": "-3",
        "b": "33",
        "c": "3%",
    }


def test_native_files_are_found_by_name_in_the_case_and_then_in_the_component():
    files = {
        "blueprints/case/files/opa/a.rego": "A",
        "blueprints/case/files/opa/b.rego": "B",
        "blueprints/other/files/c": "C",
    }

    assert value("file('opa/a.rego')", files=files) == "A"
    assert value("files('opa/*.rego')", files=files) == {"a.rego": "A", "b.rego": "B"}
    assert fails("file('opa/c.rego')") == "missing-file"
    assert "did you mean 'opa/a.rego'?" in complaint("a: {{ file('opa/aa.rego') }}\n", files=files)
    assert fails("file(1)") == "wrong-operand"
    assert fails("files('*', 1)") == "wrong-operand"


def test_an_image_is_pinned_by_the_lock():
    images = {"pay/gate:1.2": {"digest": "sha256:" + "a" * 64}, "pay/new:1": {"digest": "unresolved"}}
    values = {"image": {"repository": "pay/gate", "tag": "1.2"}, "new": {"repository": "pay/new", "tag": "1"}}

    assert value("image(values.image)", values, images=images) == "r.example.com/pay/gate:1.2@sha256:" + "a" * 64
    assert value("image(values.new)", values, images=images) == "r.example.com/pay/new:1@sha256:" + "0" * 64
    assert fails("image(values.image)", values) == "unlocked-image"
    assert "'project.registry' is not defined" in complaint("a: {{ image(values.new) }}\n", values, project={})


def test_values_that_differ_only_in_type_are_told_apart():
    body = "{% if values.x %}\n  a: {{ values.x }}\n{% endif %}\n  b: {{ [values.x] }}\n"

    for one in (1, 1.0, True, "1"):
        found = spec(body, {"x": one})

        assert [type(found["a"]), type(found["b"][0])] == [type(one), type(one)]
