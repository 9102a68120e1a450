"""Every filter, by what it gives and what it refuses."""

from __future__ import annotations

import json
import tomllib

import pytest
import yaml

from gitopsgen.template.filters import FORBIDDEN, NAMES
from tests.engines import refused, spec, wrap

VALUES = {
    "s": "some text-here",
    "list": [3, 1, 2, 1],
    "words": ["b", "A", "c", "a"],
    "map": {"b": 2, "a": 1},
    "items": [{"n": 1, "k": "x", "in": {"d": 4}}, {"n": 2, "k": "y"}, {"n": 3, "k": "x"}],
    "nested": {"a": {"b": [1, None]}},
}

GIVES = [
    ("values.nothing | default(1)", 1),
    ("values.nothing | d(1)", 1),
    ("'' | default('x', true)", "x"),
    ("'' | default('x', boolean=true)", "x"),
    ("'Ab' | lower", "ab"),
    ("'Ab' | upper", "AB"),
    ("values.s | title", "Some Text-Here"),
    ("'aB c' | capitalize", "Ab c"),
    ("'  a ' | trim", "a"),
    ("'xax' | trim('x')", "a"),
    ("'aaa' | replace('a', 'b', 2)", "bba"),
    ("'a' | replace('a', 1)", "1"),
    ("[1, true, 'a'] | join('-')", "1-true-a"),
    ("values.items | join(',', attribute='k')", "x,y,x"),
    ("values.map | join", "ba"),
    ("values.list | length", 4),
    ("'abc' | count", 3),
    ("values.map | length", 2),
    ("values.list | first", 3),
    ("'abc' | last", "c"),
    ("'12' | int", 12),
    ("1.9 | int", 1),
    ("'1.5' | float", 1.5),
    ("2 | float", 2.0),
    ("12 | string", "12"),
    ("values.map | list", ["b", "a"]),
    ("values.list | sort", [1, 1, 2, 3]),
    ("values.list | sort(true)", [3, 2, 1, 1]),
    ("values.words | sort", ["A", "a", "b", "c"]),
    ("values.words | sort(case_sensitive=true)", ["A", "a", "b", "c"]),
    ("values.items | sort(attribute='k') | map(attribute='n') | list", [1, 3, 2]),
    ("values.list | unique", [3, 1, 2]),
    ("values.words | unique | list", ["b", "A", "c"]),
    ("[[1], [1], {'a': 1}] | unique", [[1], {"a": 1}]),
    ("values.list | reverse", [1, 2, 1, 3]),
    ("'abc' | reverse", "cba"),
    ("values.list | sum", 7),
    ("values.items | sum(attribute='n')", 6),
    ("values.list | sum(start=10)", 17),
    ("values.list | min", 1),
    ("values.list | max", 3),
    ("values.words | max", "c"),
    ("values.items | map(attribute='n') | max", 3),
    ("-3 | abs", 3),
    ("2.567 | round(1)", 2.6),
    ("2.1 | round(method='ceil')", 3.0),
    ("2.19 | round(1, 'floor')", 2.1),
    ("['a', 'b'] | map('upper')", ["A", "B"]),
    ("values.items | map(attribute='in.d', default=0)", [4, 0, 0]),
    ("['aXa'] | map('replace', 'a', 'b') | list", ["bXb"]),
    ("[1, 2, 3] | select('odd')", [1, 3]),
    ("[0, 1] | select", [1]),
    ("[1, 2, 3] | reject('gt', 1)", [1]),
    ("values.items | selectattr('k', 'eq', 'x') | map(attribute='n')", [1, 3]),
    ("values.items | rejectattr('in', 'defined') | length", 2),
    ("values.items | selectattr('in', 'undefined') | length", 2),
    ("[1, 2] | select('in', [2, 3])", [2]),
    ("values.map | dictsort", [["a", 1], ["b", 2]]),
    ("values.map | dictsort(by='value', reverse=true)", [["b", 2], ["a", 1]]),
    ("values.map | items", [["b", 2], ["a", 1]]),
    ("values.map | keys", ["b", "a"]),
    ("values.map | values", [2, 1]),
    ("'a\nb\n\nc' | indent(2)", "a\n  b\n\n  c"),
    ("'a\nb' | indent(2, true)", "  a\n  b"),
    ("'a\n\nb' | indent('> ', blank=true)", "a\n> \n> b"),
    ("'a b  c' | split", ["a", "b", "c"]),
    ("'a,b,c' | split(',', 1)", ["a", "b,c"]),
    ("[1, 2, 3] | batch(2)", [[1, 2], [3]]),
    ("[1, 2, 3] | batch(2, 0)", [[1, 2], [3, 0]]),
    ("values.map | combine({'a': 5}, {'c': 6})", {"b": 2, "a": 5, "c": 6}),
    ("'ü' | b64encode", "w7w="),
    ("'abc' | startswith('a')", True),
    ("'abc' | endswith('b')", False),
    ("'100m' | milli", 100),
    ("2 | milli", 2000),
    ("'1.5' | milli", 1500),
    ("'1Gi' | mebi", 1024),
    ("'1' | mebi", 1),
    ("'1500M' | mebi", 1431),
    ("'1k' | milli", 1000000),
]


@pytest.mark.parametrize(("expression", "wanted"), GIVES)
def test_a_filter_gives(expression, wanted):
    found = spec(f"  a: {{{{ {json.dumps(expression)[1:-1].replace(chr(92) + chr(34), chr(34))} }}}}\n", VALUES)["a"]

    assert found == wanted
    assert type(found) is type(wanted)


def test_no_filter_is_untested():
    used = {name for expression, _ in GIVES for name in NAMES if f"| {name}" in expression}

    assert NAMES - used == {"to_json", "tojson", "to_yaml", "to_toml", "sha256"}


@pytest.mark.parametrize(
    "expression",
    [
        "1 | length",
        "none | length",
        "'x' | int",
        "none | float",
        "[1, 'a'] | sort",
        "[1, 'a'] | min",
        "values.list | sum('x')",
        "['a'] | sum",
        "[true] | sum",
        "[1] | batch(0)",
        "[1] | batch('a')",
        "1 | dictsort",
        "values.map | dictsort(by='x')",
        "values.list | items",
        "[1] | combine({})",
        "{} | combine([1])",
        "'x' | abs",
        "1.5 | round(1, 'up')",
        "1 | round(100)",
        "'x' | milli",
        "'-1' | mebi",
        "'a' | split(1, 2, 3)",
        "'a' | upper(1)",
        "'a' | indent(201)",
        "'a' | indent(-1)",
        "'a' | indent(none)",
        "'a' | replace('a')",
        "1 | list",
        "'abc' | list",
        "1 | first",
        "1 | reverse",
        "[1] | to_json(99)",
        "'a' | trim(1)",
        "[[1], ['a']] | sort",
        "'a' | b64encode(1)",
        "values.map | to_toml(1)",
        "[1] | map",
    ],
)
def test_a_filter_refuses(expression):
    (found,) = refused(wrap(f"  fixed: 1\n  a: {{{{ {expression} }}}}\n"), VALUES)

    assert found[0] in {"wrong-operand", "too-much-work", "unknown-filter", "undefined-variable", "unprintable-value"}
    assert found[1] == 7


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_filter_is_refused_with_the_reason(name):
    assert refused(wrap(f"  a: {{{{ 'x' | {name} }}}}\n")) == [("forbidden-construct", 6)]


@pytest.mark.parametrize("expression", ["1 | nothing", "[1] | map('nothing')"])
def test_an_unknown_filter_is_refused(expression):
    assert refused(wrap(f"  fixed: 1\n  a: {{{{ {expression} }}}}\n")) == [("unknown-filter", 7)]


@pytest.mark.parametrize(
    "expression", ["1 is nothing", "[1] | select('nothing')", "[{'a': 1}] | rejectattr('a', 'nothing')"]
)
def test_an_unknown_test_is_refused(expression):
    assert refused(wrap(f"  fixed: 1\n  a: {{{{ {expression} }}}}\n")) == [("unknown-test", 7)]


def test_data_is_written_as_json_yaml_and_toml():
    body = "  json: {{ values.nested | to_json }}\n  yaml: {{ values.nested | to_yaml }}\n"
    body += "  toml: {{ values.map | to_toml }}\n"
    body += "  pretty: {{ values.map | tojson(indent=2) }}\n"

    found = spec(body, VALUES)

    assert json.loads(found["json"]) == VALUES["nested"]
    assert yaml.safe_load(found["yaml"]) == VALUES["nested"]
    assert tomllib.loads(found["toml"]) == VALUES["map"]
    assert found["pretty"] == '{\n  "b": 2,\n  "a": 1\n}'


def test_toml_carries_tables_lists_and_strings():
    data = {"a": 'x"\n\x7f', "n": {"deep": {"k": [1, 2.5, True]}}, "many": [{"a": 1}, {"a": 2}], "odd key": "v"}

    assert tomllib.loads(spec("  a: {{ values | to_toml }}\n", data)["a"]) == data
    assert refused(wrap("  a: {{ values | to_toml }}\n"), {"a": None}) == [("unprintable-value", 6)]
    assert refused(wrap("  a: {{ 1 | to_toml }}\n")) == [("unprintable-value", 6)]


def test_equal_data_has_an_equal_checksum_whatever_its_order():
    body = "  a: {{ values.x | sha256 }}\n"

    assert spec(body, {"x": {"a": 1, "b": 2}}) == spec(body, {"x": {"b": 2, "a": 1}})
    assert spec(body, {"x": {"a": 1}}) != spec(body, {"x": {"a": "1"}})
