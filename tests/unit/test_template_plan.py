"""Filling in: omit, computed keys, constants, node files, data on demand, errors at their lines."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.engines import complaint, context_of, engine_over, refused, render, spec, wrap


def test_omit_drops_a_key_or_an_item():
    body = "  a: {{ values.no | default(omit) }}\n  b: 1\n  c:\n    - {{ omit if values.t else 1 }}\n    - 2\n"
    body += "  d: {{ omit }}\n"

    assert spec(body, {"t": True}) == {"b": 1, "c": [2]}


def test_a_container_of_nothing_but_omitted_members_is_empty():
    body = "  a:\n    b: {{ values.no | default(omit) }}\n  c:\n    - {{ values.no | default(omit) }}\n  d:\n"
    body += "    - e: {{ values.no | default(omit) }}\n"

    assert spec(body) == {"a": {}, "c": [], "d": [{}]}
    assert spec(body, {"no": 1}) == {"a": {"b": 1}, "c": [1], "d": [{"e": 1}]}


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("[1, omit, 2]", [1, 2]),
        ("{'a': omit, 'b': 1}", {"b": 1}),
        ("[[omit]]", [[]]),
        ("{'a': {'b': omit}}", {"a": {}}),
        ("[values.no | default(omit), 1]", [1]),
        ("{'a': [omit]} if values.t else 1", {"a": []}),
        ("[omit] + [1]", [1]),
        ("[omit] * 2", []),
        ("{'a': 1} | combine({'b': omit})", {"a": 1}),
        ("values.no | default([omit])", []),
        ("[[omit, 1]][0]", [1]),
        ("[{'x': omit}] | first", {}),
        ("{'k': [omit]}.k", []),
    ],
)
def test_omit_inside_a_value_is_taken_out(expression, wanted):
    assert spec(f"  a: {{{{ {expression} }}}}\n", {"t": True})["a"] == wanted


@pytest.mark.parametrize("form", ['"x{{ omit }}"', "{{ 'x' ~ omit }}", "{{ 1 if omit else 2 }}", "{{ not omit }}"])
def test_omit_has_no_text_and_no_truth(form):
    assert refused(wrap(f"  a: {form}\n"))[0][0] in {"unprintable-value", "misplaced-omit"}


def test_omit_as_a_key_is_refused():
    assert refused(wrap("  {{ values.no | default(omit) }}: 1\n  b: 2\n")) == [("unprintable-value", 6)]


def test_a_computed_key_takes_text():
    assert spec("  {{ values.k }}: 1\n", {"k": 80}) == {"80": 1}
    assert spec("  {{ values.k }}: 1\n", {"k": True}) == {"true": 1}
    assert refused(wrap("  {{ values.k }}: 1\n"), {"k": None}) == [("unprintable-value", 6)]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("  a: 1\n\n  {{ values.k }}: 2\n", 8),
        ("  {{ values.k }}: 2\n\n  a: 1\n", 6),
        ("  x: {{ values.k }}\n  {{ values.k }}: 1\n  {{ values.l }}: 2\n", 8),
        ("  b: [{a: 1, {{ values.k }}: 2}]\n", 6),
        ("  b:\n    - {{ values.k }}: 1\n      {{ values.l }}: 2\n", 8),
        (
            (
                "  b:\n    c: {{ values.no | default(omit) }}\n"
                "    d:\n      {{ values.k }}: {{ values.k }}\n      a: {{ values.k }}\n"
            ),
            9,
        ),
        ("  a: 1\n  {{ 'a' }}: 2\n", 7),
    ],
)
def test_a_computed_key_that_is_there_already_is_refused_at_its_line(body, line):
    assert refused(wrap(body), {"k": "a", "l": "a"}) == [("duplicate-key", line)]
    assert "the key 'a' twice" in complaint(wrap(body), {"k": "a", "l": "a"})


def test_a_key_whose_value_is_omitted_is_in_nobodys_way():
    assert spec("  a: {{ omit }}\n  {{ values.k }}: 2\n", {"k": "a"}) == {"a": 2}
    assert spec("  a: {{ values.no | default(omit) }}\n  {{ values.k }}: 2\n", {"k": "a"}) == {"a": 2}


def test_errors_that_only_filling_meets_stand_at_their_lines():
    body = "  a: {{ values.none.x }}\n  b: 1\n  c: 'x{{ values.list }}'\n  d: {{ values.n + values.s }}\n"
    body += "  e: {{ values.far }}\n"
    values = {"none": {}, "list": [], "n": 1, "s": "s", "far": 2**70}

    assert refused(wrap(body), values) == [
        ("undefined-variable", 6),
        ("unprintable-value", 8),
        ("wrong-operand", 9),
        ("unprintable-value", 10),
    ]


def test_a_later_variant_meets_the_same_errors_as_the_first(tmp_path):
    engine, instances = engine_over(tmp_path, {"t.yaml.j2": wrap("  a: {{ values.a }}\n  b: '{{ values.a }}'\n")})
    engine.render(instances["t.yaml.j2"], context_of({"a": 1}))

    for _ in range(2):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - looked into below
            engine.render(instances["t.yaml.j2"], context_of({"a": None}))
        assert [(one.rule, one.spot.line) for one in caught.value.errors] == [("unprintable-value", 7)]


def test_what_is_the_same_for_all_is_written_once():
    body = (
        "  a: {{ 1 + 1 }}\n  b: {{ [1, omit] }}\n  c: 'x{{ 'y' }}'\n  {{ 'k' }}: {{ none }}\n  d: {{ 'on' }}\n  - x\n"
    )

    assert spec(body.replace("  - x\n", "")) == {"a": 2, "b": [1], "c": "xy", "k": None, "d": "on"}


def test_numbers_are_written_so_that_every_reader_reads_them():
    (made,) = render(wrap("  a: {{ values.a }}\n  b: {{ values.b }}\n"), {"a": 1e22, "b": -0.0})

    assert b"a: 1.0e+22\n  b: -0.0\n" in made.content


def test_json_files_are_written_as_yaml():
    (made,) = render("a: {{ values.a }}\nb: [1, x]\n", {"a": {"on": None}}, name="t.json.j2", kind="application")

    assert json.loads(made.content) == {"a": {"on": None}, "b": [1, "x"]} == made.data
    assert refused("a: {{ values.a }}\n", {"a": float("nan")}, name="t.json.j2", kind="application") == [
        ("unprintable-value", 1)
    ]
    assert refused("a: {{ values.a }}\n", {"a": "\ud800"}, name="t.json.j2", kind="application") == [
        ("unprintable-value", 1)
    ]


def test_native_text_takes_only_what_cannot_change_its_structure():
    (made,) = render(
        "set {{ values.a }}\nto: {{ values.n }}\n", {"a": "x-1.2/3", "n": 5}, name="t.conf.j2", kind="application"
    )

    assert made.content == b"set x-1.2/3\nto: 5\n"
    assert made.data is None
    for unsafe in ("a\nb", 'a"b', "a'b", "a;b", "a#b", "$(x)", "`x`", "a\\", "[x]", "{x}", "a|b", "a&b", "<x>"):
        found = refused("set 1\nset {{ values.a }}\n", {"a": unsafe}, name="t.conf.j2", kind="application")

        assert found == [("unsafe-native-value", 2)]


def test_a_document_without_a_name_is_refused():
    assert refused("kind: A\n", kind="manifest") == [("missing-name", 1)]
    assert refused("- a\n", kind="manifest") == [("missing-name", 1)]
    assert refused("kind: A\nmetadata: {name: 1}\n", kind="manifest") == [("missing-name", 1)]


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ("name: X y", "a-x-y.yaml"),
        ("name: x\n  namespace: shop", "a-x.yaml"),
        ("name: x\n  namespace: other", "a-other-x.yaml"),
        ("name: {{ values.n }}", "a-computed.yaml"),
        ("{{ values.k }}: by-key", "a-by-key.yaml"),
        ("name: ../../x", "a-..-..-x.yaml"),
    ],
)
def test_a_file_is_named_by_its_object(metadata, name):
    (made,) = render(f"kind: A\nmetadata:\n  {metadata}\n", {"n": "computed", "k": "name"}, kind="manifest")

    assert made.name == name


def test_a_whole_object_may_be_one_value():
    (made,) = render(
        "{{ values.o }}\n", {"o": {"b": 1, "metadata": {"x": 1, "name": "one"}, "kind": "A"}}, kind="manifest"
    )

    assert made.name == "a-one.yaml"
    assert made.content.split(b"\n")[1:4] == [b"kind: A", b"metadata:", b"  name: one"]


def test_data_is_made_on_demand_and_may_be_let_go(tmp_path):
    engine, instances = engine_over(tmp_path, {"t.yaml.j2": wrap("  a: {{ values.a }}\n")})
    (made,) = engine.render(instances["t.yaml.j2"], context_of({"a": [1]}))

    wanted = made.data
    del made.data

    assert made.data == wanted == yaml.safe_load(made.content)
    with pytest.raises(AttributeError):
        made.nothing  # noqa: B018 - the attribute is asked for


def test_equal_inputs_share_one_record(tmp_path):
    engine, instances = engine_over(tmp_path, {"t.yaml.j2": wrap("  a: {{ values.a }}\n")})
    instance = instances["t.yaml.j2"]

    first, again, other = (
        engine.render(instance, context_of({"a": a, "unread": i}))[0] for i, a in enumerate((1, 1, True))
    )

    assert first is again
    assert first is not other
    assert first.inputs != other.inputs


def test_each_of_several_documents_has_inputs_of_its_own():
    one = "kind: A\nmetadata: {name: NAME}\nspec: {{ values.NAME }}\n"
    template = one.replace("NAME", "a1") + "---\n" + one.replace("NAME", "b1")

    before = render(template, {"a1": 1, "b1": 1}, kind="manifest")
    after = render(template, {"a1": 1, "b1": 2}, kind="manifest")

    assert [old.inputs == new.inputs for old, new in zip(before, after, strict=True)] == [True, False]
    assert before[0].trace != before[1].trace


@pytest.mark.parametrize(
    "text", ["", "\n \n", "{% if values.no is defined %}\nx\n{% endif %}\n", "{{ values.blank }}\n\n"]
)
def test_native_text_of_nothing_but_white_space_is_no_file(text):
    assert render(text, {"blank": " "}, kind="node", name="t.txt.j2") == []


def test_native_text_is_a_file_as_soon_as_a_value_gives_it_a_letter():
    (made,) = render(" {{ values.blank }}\n", {"blank": "x"}, kind="node", name="t.txt.j2")

    assert made.content == b" x\n"
